"""A name that is blank, or that nobody can see, stops no gap: a text says another word, and nothing invisible goes out."""

import pytest

from tests.stories.salon import OWNER, ROOT, cancel, offers, ours, salon, texts

NAMES = ["", "   ", "\u200b", "\u202e\u0000"]
WORDS = {
    f"{ROOT}/staff/mia": "with our team",
    f"{ROOT}/services/cut": "for an appointment",
    ROOT: "at your salon",
    f"{ROOT}/customers/c0": "Hi guest!",
}


@pytest.mark.parametrize("path", WORDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_gap_is_filled_whoever_or_whatever_has_no_name(path: str, name: str) -> None:
    with salon(waiting=1) as suite:
        suite.update(path, name=name)
        suite.run_until_idle()
        cancel(suite)
        [offer] = offers(suite)
        assert WORDS[path] in offer.text
        assert suite.get(f"{ROOT}/locks/asks") is None, "nobody has to wait for a lease"
        suite.reply(offer, button=0)
        suite.run_until_idle()
        assert len(ours(suite)) == 1 and texts(suite, OWNER)


def test_nothing_that_turns_a_text_around_or_hides_in_it_goes_out() -> None:
    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/staff/mia", name="Mi\u200ba\u202eX\u0000")
        suite.update(f"{ROOT}/customers/c0", name="\u2067Noor\u2069\ufeff Q")
        suite.run_until_idle()
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        said = " ".join(message.text for message in suite.outbox.messages)
        assert "with MiaX" in said and "Noor" in said
        assert not set(said) & set("\u200b\u202e\u0000\u2067\u2069\ufeff")
        values = [value for message in suite.outbox.messages for value in message.sending.variables.values()]
        assert not set("".join(values)) & set("\u200b\u202e\u0000\u2067\u2069\ufeff")


def test_the_owner_is_asked_about_somebody_without_a_name() -> None:
    with salon(waiting=2, settings={"autonomy": {"gap_fill": "supervised"}}) as suite:
        suite.update(f"{ROOT}/customers/c0", name=" ")
        suite.update(f"{ROOT}/services/cut", name="\u200b")
        suite.run_until_idle()
        cancel(suite)
        asked = texts(suite, OWNER)[-1]
        assert "somebody unknown" in asked and "an appointment" in asked
