"""Why a message waits for a person, in words."""

from shared.messaging.phrases import phrases


def spoken_reason(reason: str, locale: str, *, when: str) -> str:
    """Says why a message waits for a person, as it follows "about". `when` is the time it is about, or empty."""
    return str(phrases(__file__, locale)["reason"][reason]).replace("{when}", when).strip()
