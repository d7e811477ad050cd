"""What belongs to one salon is never read, written or revealed on behalf of another: every way in is tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from local.in_process import ACCOUNT_SID, BASE_URL, Suite
from local.outbox import Message
from shared.adapters import settings
from shared.messaging.tokens import ApprovalToken, OfferToken, binding, read, sign, sign_approval
from shared.ports import Published
from shared.values.identity import address_key
from tests.stories.salon import NOW, OWNER, SALON, WHATSAPP, booking, open_salon
from tests.stories.two_salons import OTHER, OTHER_NUMBER, cancel_in, event, offers_of, open_other, two_salons, watched


@pytest.fixture
def suite() -> Iterator[Suite]:
    with Suite(now=NOW) as suite:
        two_salons(suite)
        assert len(offers_of(suite, WHATSAPP)) == len(offers_of(suite, OTHER_NUMBER)) == 3
        yield suite
        assert suite.dead == []


def only(suite: Suite, path: str) -> str:
    """The id of the one document there that is open."""
    found = [id for id, data in suite.list(path).items() if data.get("status") in ("open", "sent", "delivered")]
    assert found
    return found[0]


# Paths and ids from outside.

LEADING_ELSEWHERE = [
    f"salons/{OTHER}/outreach/{{theirs}}",
    f"/salons/{OTHER}/outreach/{{theirs}}",
    f"../{OTHER}/outreach/{{theirs}}",
    f"outreach/../../{OTHER}/outreach/{{theirs}}",
    f"outreach/../../../salons/{OTHER}/outreach/{{theirs}}",
    "outreach/{theirs}",
    "outreach/{theirs}/../{theirs}",
    "outreach//{theirs}",
    "outreach/./{theirs}",
    f"outreach/%2e%2e%2f{OTHER}",
    "customers/c0",
    "settings/current",
    ".",
    "..",
    "",
    "outreach",
    "outreach/__all__",
    "outreach/\x00",
    "outreach/" + "x" * 1500,
]


@pytest.mark.parametrize("path", LEADING_ELSEWHERE, ids=ascii)
def test_an_event_cannot_lead_out_of_its_salon_by_a_path_in_its_body(suite: Suite, path: str) -> None:
    theirs = only(suite, f"salons/{OTHER}/outreach")
    with watched(suite) as trace:
        asked = event(suite, "OUTREACH_REQUESTED", SALON, payload={"path": path.format(theirs=theirs)})
        suite.publish(asked)
    assert trace.is_a_refusal(SALON)


IDS_LEADING_ELSEWHERE = [
    "{theirs}",
    f"../../{OTHER}/gaps/{{theirs}}",
    f"../../../salons/{OTHER}/gaps/{{theirs}}",
    "x/../{theirs}",
    "{theirs}/campaign/../..",
    "",
    "..",
    ".",
    "__theirs__",
    "x\x00",
]


@pytest.mark.parametrize("resource_type", ["gap", "outreach"])
@pytest.mark.parametrize("id", IDS_LEADING_ELSEWHERE, ids=ascii)
def test_an_event_cannot_lead_out_of_its_salon_by_an_id(suite: Suite, resource_type: str, id: str) -> None:
    collection = "gaps" if resource_type == "gap" else "outreach"
    theirs = only(suite, f"salons/{OTHER}/{collection}")
    named = id.format(theirs=theirs)
    for event_type in ("GAP_DETECTED", "GAP_CHANGED", "GAP_EXPIRED", "OUTREACH_DECLINED", "OUTREACH_EXPIRED"):
        with watched(suite) as trace:
            suite.publish(event(suite, event_type, SALON, resource_type=resource_type, resource_id=named))
        assert trace.is_a_refusal(SALON)


@pytest.mark.parametrize("id", IDS_LEADING_ELSEWHERE, ids=ascii)
def test_the_owner_hears_of_no_booking_of_another_salon(suite: Suite, id: str) -> None:
    suite.reply(offers_of(suite, OTHER_NUMBER)[0], button=0)
    suite.run_until_idle()
    theirs = next(id for id, b in suite.list(f"salons/{OTHER}/bookings").items() if b["source"] == "smart_fill")
    named = id.replace("gaps", "bookings").format(theirs=theirs)
    with watched(suite) as trace:
        sold = event(suite, "GAP_FILLED", SALON, resource_id="gap_none", payload={"ours": True, "booking_id": named})
        suite.publish(sold)
    assert trace.is_a_refusal(SALON)


# Messages with a forged salon.

NO_SALONS = ["", ".", "..", f"{SALON}/../{OTHER}", f"{OTHER}/bookings/b1", f"/{OTHER}", "__s2__", "s\x00", "x" * 1501]


@pytest.mark.parametrize("salon_id", NO_SALONS, ids=ascii)
def test_what_is_no_salon_is_none_for_any_function(suite: Suite, salon_id: str) -> None:
    theirs = only(suite, f"salons/{OTHER}/gaps")
    with watched(suite) as trace:
        for event_type in ("OUTREACH_REQUESTED", "GAP_CHANGED", "GAP_FILLED", "ALERT_TRIGGERED"):
            suite.publish(event(suite, event_type, salon_id, resource_id=theirs, payload={"path": "outreach/x"}))
        at = suite.clock.now()
        suite.publish(Published("salon-jobs", {"job": "gap_scan", "salon_id": salon_id, "at": at}, {"job": "gap_scan"}))
    assert trace.is_a_refusal()
    assert {outcome for _, outcome in trace.outcomes} == {"InvalidEvent"}


def test_a_salon_that_does_not_exist_gets_no_document_by_being_named(suite: Suite) -> None:
    with watched(suite) as trace:
        for event_type in ("OUTREACH_REQUESTED", "GAP_CHANGED", "GAP_FILLED", "ALERT_TRIGGERED"):
            suite.publish(event(suite, event_type, "ghost", payload={"path": "../x"}))
        at = suite.clock.now()
        suite.publish(Published("salon-jobs", {"job": "gap_scan", "salon_id": "ghost", "at": at}, {"job": "gap_scan"}))
    assert trace.is_a_refusal()


@pytest.mark.parametrize("event_type", ["OUTREACH_REQUESTED", "GAP_CHANGED", "GAP_FILLED", "ALERT_TRIGGERED"])
@pytest.mark.parametrize("forged", [{"salon_id": OTHER}, {"event_id": "log_other"}, {"event_type": "GAP_DETECTED"}])
def test_a_message_whose_attributes_name_another_salon_than_its_body_is_believed_by_nobody(
    suite: Suite, event_type: str, forged: dict[str, Any]
) -> None:
    real = event(suite, event_type, SALON, resource_id=only(suite, f"salons/{SALON}/gaps"))
    with watched(suite) as trace:
        suite.publish(Published(real.topic, {**real.body, **forged}, real.attributes))
    assert trace.is_a_refusal()
    assert {outcome for _, outcome in trace.outcomes} == {"InvalidEvent"}


@pytest.mark.parametrize("forged", [{"salon_id": OTHER}, {"job": "nightly"}])
def test_a_job_whose_attributes_say_something_else_than_its_body_is_not_done(
    suite: Suite, forged: dict[str, Any]
) -> None:
    body = {"job": "gap_scan", "salon_id": SALON, "at": suite.clock.now()}
    with watched(suite) as trace:
        suite.publish(Published("salon-jobs", {**body, **forged}, {"job": "gap_scan", "salon_id": SALON}))
    assert trace.is_a_refusal()
    assert {outcome for _, outcome in trace.outcomes} == {"InvalidEvent"}


# Links.


def link(suite: Suite, salon_id: str, outreach_id: str, key: bytes | None = None, answer: Any = "link") -> str:
    return f"/o/{sign(key or suite.deployment.signing_key, OfferToken(salon_id, outreach_id, answer))}"


@pytest.mark.parametrize("answer", [None, "accept", "decline"])
def test_a_link_opens_the_offer_it_was_signed_for_and_no_other(suite: Suite, answer: str | None) -> None:
    ours, theirs = only(suite, f"salons/{SALON}/outreach"), only(suite, f"salons/{OTHER}/outreach")
    token = link(suite, SALON, ours).removeprefix("/o/")
    tampered = [token[:-1] + ("A" if token[-1] != "A" else "B"), token.swapcase(), token + "A", token[:40]]
    paths = [
        link(suite, SALON, theirs),
        link(suite, OTHER, ours),
        link(suite, "ghost", ours),
        *(link(suite, salon_id, theirs) for salon_id in (f"{SALON}/../{OTHER}", "..", ".", "__s2__", f"/{OTHER}")),
        *(link(suite, SALON, id) for id in (f"../../{OTHER}/outreach/{theirs}", "..", f"x/../{theirs}", "x/y/z")),
        link(suite, OTHER, theirs, key=b"another deployment's key"),
        link(suite, OTHER, theirs, answer="accept"),
        *(f"/o/{each}" for each in tampered),
        *("/o/..", "/o/%2e%2e", f"/o/{OTHER}", f"/o/..%2f{OTHER}"),
    ]
    for path in paths:
        with watched(suite) as trace:
            form = {"answer": answer} if answer else None
            response = suite.request("POST" if answer else "GET", path, form=form)
        assert response.status_code == 404
        assert "Salon" not in response.get_data(as_text=True)
        assert trace.is_a_refusal()


@pytest.mark.parametrize("answer", [None, "approve", "reject"])
def test_an_owners_link_opens_the_approval_it_was_signed_for_and_no_other(suite: Suite, answer: str | None) -> None:
    """One person owns both salons here: their address proves nothing about the salon."""
    action = "ab" * 32
    suite.put(f"salons/{OTHER}/approvals/apr_theirs", approval("apr_theirs", action))
    suite.run_until_idle()
    key = suite.deployment.signing_key
    owner = binding(address_key(key, "whatsapp", OWNER))
    right = ApprovalToken(OTHER, "apr_theirs", "link", binding(action), owner)
    assert suite.request("GET", f"/a/{sign_approval(key, right)}").status_code == 200
    wrong = [
        *(replace(right, salon_id=salon_id) for salon_id in (SALON, "ghost", "..", f"{SALON}/../{OTHER}")),
        *(
            replace(right, salon_id=SALON, about=about)
            for about in (f"../../{OTHER}/approvals/apr_theirs", "..", "x/../apr_theirs", "x/y/z", "__x__")
        ),
        *(replace(right, answer=kind) for kind in ("approve", "reject", "notice")),
        replace(right, action=binding("cd" * 32)),
        replace(right, contact=binding("cd" * 32)),
    ]
    tokens = [*(sign_approval(key, each) for each in wrong), sign_approval(b"another deployment's key", right)]
    tokens.append(link(suite, OTHER, "apr_theirs").removeprefix("/o/"))
    for token in tokens:
        with watched(suite) as trace:
            form = {"answer": answer, "approval": "apr_theirs"} if answer else None
            response = suite.request("POST" if answer else "GET", f"/a/{token}", form=form)
        assert response.status_code == 404
        assert trace.is_a_refusal()


def approval(id: str, action_hash: str) -> dict[str, Any]:
    later = NOW + timedelta(hours=1)
    return {
        "id": id,
        "salon_id": OTHER,
        "revision": 0,
        "audit_head": None,
        "created_at": NOW,
        "updated_at": NOW,
        "decision_id": "dec_1",
        "agent_name": "gap_fill_agent",
        "action_type": "gap_fill",
        "action_summary": "Offer 13:00 to somebody",
        "action_details": {},
        "action_hash": action_hash,
        "priority": "medium",
        "trigger_id": "gap_1",
        "status": "pending",
        "expires_at": later,
        "useful_until": later,
        "due_at": later,
    }


# Records.


def test_an_audit_record_announces_nothing_for_another_salon(suite: Suite) -> None:
    record, *_ = suite.list(f"salons/{SALON}/audit_logs").values()
    forged = {**record, "id": "log_forged", "salon_id": OTHER, "announces": "GAP_CHANGED", "announced_at": None}
    published: list[Published] = []
    publish, suite.bus.publish = suite.bus.publish, published.append  # type: ignore[method-assign]
    suite.put(f"salons/{SALON}/audit_logs/log_forged", {**forged, "due_at": NOW})
    suite.run_until_idle()
    suite.bus.publish = publish  # type: ignore[method-assign]
    assert published == []
    assert suite.outcomes["relay_events", "of another salon"] == 1
    assert (suite.get(f"salons/{SALON}/audit_logs/log_forged") or {})["due_at"] is None


@pytest.mark.parametrize(
    "id", ["..", ".", "__x__", f"../../{OTHER}/staff/mia", f"../../../salons/{OTHER}/customers/c0"]
)
@pytest.mark.parametrize("name", ["staff_id", "customer_id", "service_ids", "rescheduled_from"])
def test_a_booking_cannot_name_what_is_another_salons(suite: Suite, name: str, id: str) -> None:
    with watched(suite) as trace:
        named = {name: [id] if name == "service_ids" else id}
        suite.put(f"salons/{SALON}/bookings/forged", booking(NOW + timedelta(days=1), **named))
    assert trace.touched(OTHER) == []
    assert [change.path for change in trace.changes if not change.path.startswith(f"salons/{SALON}")] == []
    assert {message.sending.sender for message in trace.sent} <= {WHATSAPP}
    assert trace.failures == []


# Webhooks.


def report(suite: Suite, mid: str, account_sid: str = ACCOUNT_SID) -> tuple[str, dict[str, str]]:
    """That their message, by the SID that it has, could not be delivered."""
    theirs = f"{OTHER}/outreach/{only(suite, f'salons/{OTHER}/outreach')}"
    sid = next(message.sid for message in suite.outbox.messages if message.sending.reference == theirs)
    form = {"AccountSid": account_sid, "MessageSid": sid, "MessageStatus": "failed", "ErrorCode": "30003"}
    return f"/webhooks/twilio/status?{urlencode({'mid': mid})}", form


MIDS = [
    f"{SALON}/outreach/../../{OTHER}/outreach/{{theirs}}",
    f"{SALON}/outreach/{{theirs}}",
    f"{SALON}/../{OTHER}/outreach/{{theirs}}",
    f"../{OTHER}/outreach/{{theirs}}",
    f"/{OTHER}/outreach/{{theirs}}",
    f"{SALON}/salons/{OTHER}/outreach/{{theirs}}",
    f"{OTHER}/outreach/{{theirs}}/..",
    f"{OTHER}/outreach/./{{theirs}}",
    f"{OTHER}//outreach/{{theirs}}",
    f"{OTHER}/conversations/../outreach/{{theirs}}",
    f"{OTHER}/conversations/x",
    f"{OTHER}/outreach",
    f"{OTHER}/outreach/",
    f"{OTHER}/customers/c0",
    f"{OTHER}/outreach/\x00",
    "ghost/outreach/{theirs}",
    "../outreach/{theirs}",
    "",
    "/",
]


@pytest.mark.parametrize("mid", MIDS, ids=ascii)
def test_a_delivery_report_moves_no_message_by_a_path_that_is_none(suite: Suite, mid: str) -> None:
    theirs = only(suite, f"salons/{OTHER}/outreach")
    with watched(suite) as trace:
        path, form = report(suite, mid.format(theirs=theirs))
        assert suite.webhook(path, form).status_code == 204
    assert trace.is_a_refusal()


@pytest.mark.parametrize("collection", ["inbound", "messages"])
def test_a_delivery_report_never_reaches_what_people_wrote(suite: Suite, collection: str) -> None:
    suite.reply(offers_of(suite, OTHER_NUMBER)[0], body="see you", sid="SM" + "5" * 32)
    suite.run_until_idle()
    [heard] = [key for key, each in suite.list(f"salons/{OTHER}/identities").items() if each["last_inbound_at"]]
    conversation = f"conversations/{heard}"
    assert suite.get(f"salons/{OTHER}/{conversation}/inbound/SM{'5' * 32}") is not None
    with watched(suite) as trace:
        path, form = report(suite, f"{OTHER}/{conversation}/{collection}/SM{'5' * 32}")
        assert suite.webhook(path, form).status_code == 204
    assert trace.is_a_refusal()


@contextmanager
def every_account_is_ours() -> Iterator[None]:
    """Undone before the suite puts back what it replaced itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "twilio_auth_token", lambda account_sid: "in-process")
        yield


def test_a_delivery_report_of_another_account_moves_no_message(suite: Suite) -> None:
    theirs = only(suite, f"salons/{OTHER}/outreach")
    with every_account_is_ours(), watched(suite) as trace:
        path, form = report(suite, f"{OTHER}/outreach/{theirs}", account_sid="AC" + "9" * 32)
        assert suite.webhook(path, form).status_code == 204
    assert trace.is_a_refusal()
    # Its own account says the same of it, and is believed.
    path, form = report(suite, f"{OTHER}/outreach/{theirs}")
    suite.webhook(path, form)
    assert suite.get(f"salons/{OTHER}/outreach/{theirs}")["status"] == "failed"


def test_a_webhook_that_nobody_signed_is_turned_away(suite: Suite) -> None:
    theirs = only(suite, f"salons/{OTHER}/outreach")
    path, form = report(suite, f"{OTHER}/outreach/{theirs}")
    for signature in ({}, {"X-Twilio-Signature": "c2lnbmVk"}):
        with watched(suite) as trace:
            assert suite.request("POST", path, form=form, headers=signature).status_code == 403
            assert suite.request("POST", "/webhooks/twilio/incoming", form=form, headers=signature).status_code == 403
        assert trace.is_a_refusal()


def incoming(suite: Suite, offer: Message, **fields: str) -> dict[str, str]:
    return {
        "AccountSid": ACCOUNT_SID,
        "From": f"whatsapp:{offer.sending.to}",
        "To": f"whatsapp:{offer.sending.sender}",
        "MessageSid": "SM" + "6" * 32,
        "Body": "BOOK",
        "NumMedia": "0",
        **fields,
    }


@pytest.mark.parametrize(
    "sid", ["SM1/x/y", "../x", "..", f"../../../../{OTHER}/outreach/x", "SM1/..", "__SM__", "SM\x00"]
)
def test_a_message_whose_id_is_a_path_is_stored_nowhere(suite: Suite, sid: str) -> None:
    offer = offers_of(suite, WHATSAPP)[0]
    with watched(suite) as trace:
        assert suite.webhook("/webhooks/twilio/incoming", incoming(suite, offer, MessageSid=sid)).status_code == 200
    assert trace.is_a_refusal()


@pytest.mark.parametrize(
    "to",
    [
        *(
            "+1/messages/SM1",
            "..",
            f"../salons/{OTHER}",
            "+1999",
            "whatsapp:",
            f"{OTHER_NUMBER}/..",
            "+1/../x",
            "__x__",
        ),
        f"{OTHER_NUMBER}/messages/SM1",
    ],
)
def test_a_message_to_a_number_that_is_nobodys_reaches_nobody(suite: Suite, to: str) -> None:
    offer = offers_of(suite, WHATSAPP)[0]
    with watched(suite) as trace:
        form = incoming(suite, offer, To=f"whatsapp:{to}")
        assert suite.webhook("/webhooks/twilio/incoming", form).status_code == 200
    assert trace.is_a_refusal()


def test_a_message_of_another_account_reaches_no_number_of_this_one(suite: Suite) -> None:
    form = incoming(suite, offers_of(suite, WHATSAPP)[0], AccountSid="AC" + "9" * 32)
    with every_account_is_ours(), watched(suite) as trace:
        assert suite.webhook("/webhooks/twilio/incoming", form).status_code == 200
    assert trace.is_a_refusal()


# People that both salons know.


def test_a_yes_sells_the_slot_of_the_salon_it_was_said_to(suite: Suite) -> None:
    with watched(suite) as trace:
        suite.reply(offers_of(suite, WHATSAPP)[0], button=0)
    assert trace.touched(OTHER) == []
    assert trace.touched(SALON) != []
    assert {message.sending.sender for message in trace.sent} == {WHATSAPP}


def test_another_salons_button_pressed_at_our_number_sells_nothing(suite: Suite) -> None:
    ours, theirs = offers_of(suite, WHATSAPP)[0], offers_of(suite, OTHER_NUMBER)[0]
    assert ours.sending.to == theirs.sending.to
    with watched(suite) as trace:
        form = incoming(suite, ours, Body=theirs.buttons[0].title, ButtonPayload=theirs.buttons[0].payload)
        suite.webhook("/webhooks/twilio/incoming", form)
    assert trace.touched(OTHER) == []
    assert [b for b in suite.list(f"salons/{SALON}/bookings").values() if b["source"] == "smart_fill"] == []
    assert trace.failures == []


def test_a_stop_at_one_organization_is_no_stop_at_another(suite: Suite) -> None:
    with watched(suite) as trace:
        suite.reply(offers_of(suite, WHATSAPP)[0], body="STOP")
    assert trace.touched(OTHER) == []
    assert suite.list(f"salons/{SALON}/consents") != {}
    assert suite.list(f"salons/{OTHER}/consents") == {}


def test_addresses_say_nothing_across_salons_but_that_we_made_them(suite: Suite) -> None:
    """The key of an address is the deployment's: what is filed under it is each salon's own."""
    theirs = suite.list(f"salons/{OTHER}/identities")
    suite.reply(offers_of(suite, WHATSAPP)[0], body="what is this?")
    suite.run_until_idle()
    heard = [each for each in suite.list(f"salons/{SALON}/identities").values() if each["last_inbound_at"]]
    assert len(heard) == 1
    assert suite.list(f"salons/{OTHER}/identities") == theirs


def test_a_message_to_a_shared_number_is_shown_to_no_salon_it_is_not_for() -> None:
    with Suite(now=NOW) as suite:
        messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP}
        two_salons(suite, organization_id="org1", messaging=messaging)
        offers = offers_of(suite, WHATSAPP)
        assert len(offers) == 6
        for salon_id, silent in ((SALON, OTHER), (OTHER, SALON)):
            offer = next(o for o in offers if _salon_of(suite, o) == salon_id)
            with watched(suite) as trace:
                suite.reply(offer, button=1)
            assert trace.touched(silent) == []
            assert trace.touched(salon_id) != []


def test_words_that_both_salons_of_a_number_could_mean_wait_beside_both() -> None:
    with Suite(now=NOW) as suite:
        messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP}
        two_salons(suite, organization_id="org1", messaging=messaging)
        offer = offers_of(suite, WHATSAPP)[0]
        with watched(suite) as trace:
            suite.webhook("/webhooks/twilio/incoming", incoming(suite, offer))
            suite.run_until_idle()
        # One of them asks which is meant, and neither sees what was written.
        assert trace.touched(OTHER) == []
        assert {change.path.split("/")[2] for change in trace.changes if change.path.startswith(f"salons/{SALON}/")} == {
            "conversations", "audit_logs",
        }  # fmt: skip
        kept = [change.path for change in trace.changes if change.path.startswith("channel_routes/")]
        assert sorted(path.split("/")[2] for path in kept) == ["inbound", "inbound", "senders"]
        body = incoming(suite, offer)["Body"]
        assert not any(f"'{body}'" in repr(c.after) for c in trace.changes if c.path not in kept)


def _salon_of(suite: Suite, offer: Message) -> str:
    token = read(suite.deployment.signing_key, offer.buttons[0].payload)
    assert token is not None
    return token.salon_id


# Numbers.


def test_a_salon_that_was_refused_a_number_sends_nothing_from_it() -> None:
    with Suite(now=NOW) as suite:
        open_salon(suite)
        open_other(suite, messaging={"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP})
        with watched(suite) as trace:
            cancel_in(suite, OTHER)
        assert trace.sent == []
        asked = suite.list(f"salons/{OTHER}/outreach").values()
        assert asked and {(each["status"], each["attempts"]) for each in asked} == {("pending", 0)}
        suite.advance(hours=6)
        asked = suite.list(f"salons/{OTHER}/outreach").values()
        assert {(each["status"], each["attempts"]) for each in asked} == {("expired", 0)}
        assert suite.failures == []
        assert [m for m in suite.outbox.messages if m.sending.reference.startswith(f"{OTHER}/")] == []


def test_a_salon_that_lost_its_number_stops_sending_at_once() -> None:
    with Suite(now=NOW) as suite:
        open_salon(suite)
        open_other(suite)
        route = f"channel_routes/{ACCOUNT_SID}:{OTHER_NUMBER}"
        suite.update(route, salon_ids=["s3"], organization_id="org3", holders={"s3": NOW})
        with watched(suite) as trace:
            cancel_in(suite, OTHER)
        assert trace.sent == []


def test_a_reply_follows_the_number_to_whom_it_belongs() -> None:
    with Suite(now=NOW) as suite:
        open_salon(suite)
        open_other(suite, messaging={"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP})
        cancel_in(suite, SALON)
        with watched(suite) as trace:
            suite.reply(offers_of(suite, WHATSAPP)[0], button=0)
        assert trace.touched(OTHER) == []


def test_a_number_that_is_a_path_claims_nothing() -> None:
    with Suite(now=NOW) as suite:
        open_salon(suite)
        routes = suite.list("channel_routes")
        for number in ("+1/messages/SM1", f"{WHATSAPP}/messages/SM1", "../registry/1"):
            messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": number}
            with watched(suite) as trace:
                open_other(suite, messaging=messaging)
            assert [change.path for change in trace.changes if not change.path.startswith(f"salons/{OTHER}")] == []
            assert suite.list("channel_routes") == routes


def test_links_lead_to_our_own_address(suite: Suite) -> None:
    assert all(message.text.count("http") == message.text.count(BASE_URL) for message in suite.outbox.messages)
