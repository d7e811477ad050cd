import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.tokens import ApprovalToken, OfferToken, binding, read, read_approval, sign, sign_approval

KEY = b"0123456789abcdef0123456789abcdef"
TOKEN = OfferToken("salon_1", "out_0123456789abcdef0123", "accept")
ids = st.text(
    min_size=1, max_size=60, alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="/\x00")
)


@given(ids, ids, st.sampled_from(["accept", "decline", "link"]))
def test_a_token_says_what_was_signed(salon, outreach, answer):
    assert read(KEY, sign(KEY, OfferToken(salon, outreach, answer))) == OfferToken(salon, outreach, answer)


def test_the_longest_usual_ids_fit_a_button():
    text = sign(KEY, OfferToken("s" * 64, "o" * 24, "decline"))
    assert len(text) < 190 and re.fullmatch(r"[A-Za-z0-9_-]+", text)


@given(st.text(max_size=300))
def test_nothing_but_our_own_tokens_is_read_and_nothing_raises(text):
    assert read(KEY, text) is None


def test_no_letter_of_a_token_can_be_changed():
    text = sign(KEY, TOKEN)
    forged = [text[:n] + other + text[n + 1 :] for n in range(len(text)) for other in "Aa_9" if text[n] != other]
    assert [read(KEY, each) for each in forged] == [None] * len(forged)


def test_a_token_of_another_deployment_is_not_read():
    assert read(b"another key", sign(KEY, TOKEN)) is None


def test_an_accept_cannot_be_made_of_a_decline():
    raw = bytearray(urlsafe_b64decode(sign(KEY, TOKEN) + "=="))
    raw[1] = 1
    assert read(KEY, urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()) is None


def test_a_token_is_not_read_with_anything_around_it():
    text = sign(KEY, TOKEN)
    for other in (text + "=", text + "\n", " " + text, text + "A", text[:-1], "\ud800" + text):
        assert read(KEY, other) is None


def test_ids_that_run_into_each_other_are_different_tokens():
    assert sign(KEY, OfferToken("ab", "c", "link")) != sign(KEY, OfferToken("a", "bc", "link"))


hexes = st.binary(min_size=8, max_size=8).map(bytes.hex)
APPROVAL = ApprovalToken("salon_1", "apr_0123456789abcdef0123", "approve", "a1" * 8, "c2" * 8)


@given(ids, ids, st.sampled_from(["approve", "reject", "link", "notice"]), hexes, hexes)
def test_an_approvals_token_says_what_was_signed(salon, about, answer, action, contact):
    token = ApprovalToken(salon, about, answer, action, contact)
    assert read_approval(KEY, sign_approval(KEY, token)) == token


def test_an_approvals_token_fits_a_button():
    token = ApprovalToken("s" * 64, "a" * 24, "approve", "a1" * 8, "c2" * 8)
    assert len(sign_approval(KEY, token)) < 190


def test_a_customers_token_approves_nothing_and_an_owners_books_nothing():
    longest = OfferToken("salon_1", "o" * 24, "accept")
    assert read_approval(KEY, sign(KEY, longest)) is None
    assert read(KEY, sign_approval(KEY, APPROVAL)) is None


@given(st.text(max_size=300))
def test_no_text_is_an_approvals_token_and_nothing_raises(text):
    assert read_approval(KEY, text) is None


def test_no_letter_of_an_approvals_token_can_be_changed():
    text = sign_approval(KEY, APPROVAL)
    forged = [text[:n] + other + text[n + 1 :] for n in range(len(text)) for other in "Aa_9" if text[n] != other]
    assert [read_approval(KEY, each) for each in forged] == [None] * len(forged)


def test_a_binding_is_the_same_length_for_a_hash_and_an_address():
    assert binding("idn_" + "ab" * 20) == binding("ab" * 32) == "ab" * 8


def signed(
    answer: int, *, version: int = 1, label: bytes = b"smart-fill offer token\x00", body: bytes = b"s1out"
) -> str:
    """A token as any release of ours would sign it."""
    whole = bytes([version, answer, 2]) + body
    mac = hmac.new(KEY, label + whole, hashlib.sha256).digest()[:16]
    return urlsafe_b64encode(whole + mac).rstrip(b"=").decode()


@pytest.mark.parametrize(("answer", "said"), [(0, "accept"), (1, "decline"), (2, "link")])
def test_every_release_signs_and_reads_the_same_token(answer, said):
    assert sign(KEY, OfferToken("s1", "out", said)) == signed(answer)
    assert read(KEY, signed(answer)) == OfferToken("s1", "out", said)


def test_an_answer_or_a_version_that_only_a_later_release_knows_is_not_read():
    assert read(KEY, signed(3)) is read(KEY, signed(0, version=2)) is None
    bound = b"s1" + bytes(16) + b"apr"
    later = signed(4, label=b"smart-fill approval token\x00", body=bound)
    known = signed(3, label=b"smart-fill approval token\x00", body=bound)
    assert read_approval(KEY, later) is None
    assert read_approval(KEY, known) == ApprovalToken("s1", "apr", "notice", "00" * 8, "00" * 8)


@pytest.mark.parametrize("body", [b"s1", b"s", b"\xffzout", b"s1\xff"])
def test_what_names_no_object_in_words_is_not_read(body):
    assert read(KEY, signed(0, body=body)) is None


@pytest.mark.parametrize(("salon", "about"), [("", "out"), ("s" * 256, "out"), ("é" * 128, "out"), ("s1", "")])
def test_what_no_token_can_name_is_not_signed(salon, about):
    with pytest.raises(ValueError, match="expected a salon id of 1 to 255 bytes and an object's id, found _Parts"):
        sign(KEY, OfferToken(salon, about, "accept"))
    longest = OfferToken("s" * 255, "o", "link")
    assert read(KEY, sign(KEY, longest)) == longest
