"""Anybody can knock at the public doors: what they are told is never a server's error, and nothing of ours changes unless
it is signed. The doors are served as in the cloud, by functions-framework, so that what is refused there is refused here."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.in_process import ACCOUNT_SID
from tests.stories.busy_day import everything
from tests.stories.public_doors import FORM, PATHS, Knock, Open, campaign
from tests.stories.salon import OWNER, WHATSAPP, phone
from tests.twilio_cases import webhooks

FULL = {"max_examples": 50, "deadline": None, "derandomize": True}


@pytest.fixture(scope="module")
def standing() -> Iterator[Open]:
    with campaign() as opened:
        yield opened


TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "BOOK", "STOP", "1", "yes", "whatsapp:", "../..", "a/b", ".", "__x__", "\x00"]),
    st.sampled_from([f"whatsapp:{WHATSAPP}", f"whatsapp:{phone(0)}", phone(1), OWNER, ACCOUNT_SID, "whatsapp:US.1349"]),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=3), st.sampled_from([1500, 30_000])),
)
NAMES = st.sampled_from(
    sorted({name for sample in webhooks().values() for name in sample.fields} | {"answer", "approval"})
)
NUMBERS = st.sampled_from(["1", "-1", "1e9", "9" * 30, "9" * 5000, "\u0664", ""])
SIGNED = st.fixed_dictionaries({}, optional={"NumMedia": NUMBERS, "ErrorCode": NUMBERS, "ButtonPayload": TEXT}).flatmap(
    lambda numbers: st.dictionaries(NAMES, TEXT, max_size=8).map(lambda fields: fields | numbers)
)
FIELDS = st.lists(st.tuples(st.one_of(NAMES, st.text(max_size=5)), TEXT), max_size=12)
ENCODED = st.one_of(
    st.binary(max_size=200),
    FIELDS.map(lambda pairs: urlencode(pairs, errors="surrogatepass").encode()),
    st.builds(lambda pairs, charset: urlencode(pairs, encoding=charset, errors="replace").encode(), FIELDS,
              st.sampled_from(["latin-1", "utf-16", "utf-7"])),
    st.builds(lambda start, size: start + b"x" * size, st.sampled_from([b"", b"Body=", b"%", b"answer=accepted&x="]),
              st.sampled_from([499_999, 999_990, 1_000_001])),
    st.just("&".join(f"a{number}=1" for number in range(1001)).encode()),
    st.just(b'--b\r\nContent-Disposition: form-data; name="answer"\r\n\r\nperhaps\r\n--b--'),
)  # fmt: skip
TYPES = st.sampled_from(
    [
        FORM,
        f"{FORM}; charset=utf-16",
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        "application/json",
        "",
        "/",
    ]
)
METHODS = st.sampled_from(["POST", "POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
FORGED = st.one_of(
    st.none(), st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40), st.just("x" * 28)
)


@st.composite
def knocks(draw: st.DrawFn) -> Knock:
    headers = {"Content-Type": draw(TYPES)}
    forged = draw(FORGED)
    if forged is not None:
        headers["X-Twilio-Signature"] = forged
    if draw(st.booleans()):
        headers["X-Twilio-Webhooks-Signature-Settings"] = draw(
            st.sampled_from(["algorithm=none", "=", "algorithm=HMAC-SHA256"])
        )
    return Knock(draw(METHODS), draw(ENCODED), headers)


@pytest.mark.parametrize("door", PATHS)
@given(
    knock=knocks(), query=st.one_of(st.just(""), TEXT.map(lambda text: "?mid=" + quote(text[:2000], errors="replace")))
)
@settings(**FULL)
def test_a_webhook_without_a_true_signature_is_refused_and_changes_nothing(
    standing: Open, door: str, knock: Knock, query: str
) -> None:
    before = everything(standing.suite)
    answer = standing.knock(door, PATHS[door] + query, knock)
    assert 400 <= answer.status_code < 500 or (knock.method == "OPTIONS" and answer.status_code == 200)
    assert everything(standing.suite) == before


TOKENS = {"accept_offer": "/o/", "answer_approval": "/a/"}


def of_door(standing: Open, door: str) -> str:
    return standing.offer if door == "accept_offer" else standing.approval


@st.composite
def tampered(draw: st.DrawFn) -> tuple[str, int, str]:
    """What is done to a good token, where, and with which letters."""
    return (
        draw(st.sampled_from(["replace", "cut", "insert", "other", "none"])),
        draw(st.integers(0, 200)),
        draw(st.text("ABCxyz019_-=%/.\x00\xe9", min_size=1, max_size=4)),
    )


def tamper(token: str, other: str, how: tuple[str, int, str]) -> str:
    what, at, letters = how
    at %= len(token)
    match what:
        case "replace":
            return token[:at] + letters + token[at + len(letters) :]
        case "cut":
            return token[:at]
        case "insert":
            return token[:at] + letters + token[at:]
        case "other":
            return other
    return letters


@pytest.mark.parametrize("door", TOKENS)
@given(knock=knocks(), how=tampered())
@settings(**FULL)
def test_a_link_that_is_not_ours_leads_nowhere_and_changes_nothing(
    standing: Open, door: str, knock: Knock, how: tuple[str, int, str]
) -> None:
    good = of_door(standing, door)
    other = standing.approval if door == "accept_offer" else standing.offer
    token = tamper(good, other, how)
    if token == good:
        return
    before = everything(standing.suite)
    # Well filled in, so that only the token stands between it and an effect.
    body = urlencode({"answer": "accept", "approval": standing.question}).encode() if how[1] % 2 else knock.body
    type_ = FORM if how[1] % 2 else knock.headers["Content-Type"]
    answer = standing.knock(door, TOKENS[door] + quote(token), Knock(knock.method, body, {"Content-Type": type_}))
    assert 400 <= answer.status_code < 500 or (knock.method == "OPTIONS" and answer.status_code == 200)
    assert everything(standing.suite) == before


@pytest.mark.parametrize("door", TOKENS)
@given(knock=knocks())
@settings(**FULL)
def test_a_link_of_ours_changes_nothing_unless_its_form_is_sent(standing: Open, door: str, knock: Knock) -> None:
    before = everything(standing.suite)
    answer = standing.knock(door, TOKENS[door] + of_door(standing, door), knock)
    assert answer.status_code < 500
    assert everything(standing.suite) == before


@given(
    fields=SIGNED,
    whom=st.sampled_from([phone(0), phone(1), OWNER, "+4477"]),
    payload=st.integers(0, 30),
    sid=st.one_of(st.just("SMfuzzed"), st.just("SMasked"), TEXT),
)
@settings(**{**FULL, "max_examples": 25})
def test_what_is_signed_and_makes_no_sense_is_taken_without_an_error(
    fields: dict[str, str], whom: str, payload: int, sid: str
) -> None:
    with campaign() as opened:
        said = {"From": f"whatsapp:{whom}", "To": f"whatsapp:{WHATSAPP}", "MessageSid": sid, **fields}
        if payload < len(opened.payloads):
            said["ButtonPayload"] = opened.payloads[payload]
        answer = opened.signed("receive_message", {**said, "AccountSid": ACCOUNT_SID})
        assert answer.status_code < 500
        opened.suite.run_until_idle()
        assert opened.suite.failures == []


@given(
    fields=SIGNED,
    status=st.sampled_from(["sent", "delivered", "read", "failed", "undelivered", "queued", ""]),
    reference=st.one_of(st.integers(0, 9), TEXT.filter(lambda text: len(text) < 2000)),
)
@settings(**{**FULL, "max_examples": 25})
def test_a_report_that_is_signed_and_makes_no_sense_is_taken_without_an_error(
    fields: dict[str, str], status: str, reference: int | str
) -> None:
    with campaign() as opened:
        named = opened.references[reference % len(opened.references)] if isinstance(reference, int) else reference
        report = {"MessageSid": "SM1", "MessageStatus": status, **fields, "AccountSid": ACCOUNT_SID}
        query = "?mid=" + quote(named, errors="replace")
        assert opened.signed("track_delivery", report, query).status_code < 500
        opened.suite.run_until_idle()
        assert opened.suite.failures == []
