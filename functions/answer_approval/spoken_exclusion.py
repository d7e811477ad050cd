"""Why somebody in an approved round was not asked, in words."""

from shared.messaging.phrases import phrases


def spoken_exclusion(reason: str | None, locale: str) -> str | None:
    """Says the reason that the approval keeps for the record. One that has no words of its own is said as what it comes to: they
    can no longer be asked."""
    words = phrases(__file__, locale)["exclusion"]
    return str(words.get(reason, words["other"])) if reason else None
