"""Why nothing came of an approval, in words."""

from shared.messaging.phrases import phrases


def spoken_cancellation(reason: str, locale: str) -> str:
    """Says the reason that the record keeps. One that has no words of its own, because it tells of our workings, is said as what
    it comes to."""
    words = phrases(__file__, locale)["cancellation"]
    return str(words.get(reason.partition(":")[0], words["other"]))
