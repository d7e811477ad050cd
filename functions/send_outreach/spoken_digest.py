"""What has happened meanwhile, in words."""

from collections.abc import Mapping

from shared.messaging.phrases import in_form, phrases

_SHOWN = 3


def spoken_digest(items: Mapping[str, list[str]], locale: str) -> str:
    """Says how many items there are of each kind (`waiting`, `written`, `sold`, `alert`, `over`), and names the first few that
    have a name."""
    words = phrases(__file__, locale)["digest"]
    parts = []
    for kind, texts in items.items():
        if texts:
            counted = in_form(words[kind], len(texts), locale).format(count=len(texts))
            named = [_shortened(text) for text in texts if text][:_SHOWN]
            shown = "; ".join(named + ["..."] * (len(texts) > len(named)))
            parts.append(f"{counted} ({shown})" if named else counted)
    return ", ".join(parts)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57].rstrip()}..."
