import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.tokens import OfferToken, read, sign

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
