"""What has happened meanwhile, in words."""

from collections.abc import Mapping

from shared.messaging.phrases import in_form, phrases

_SHOWN = 3


def spoken_digest(items: Mapping[str, list[str]], locale: str) -> str:
    """Says how many items there are of each kind (`sold`, `alert`, `waiting`, `over`), and names the first few."""
    words = phrases(__file__, locale)["digest"]
    parts = []
    for kind, texts in items.items():
        if texts:
            shown = "; ".join([_shortened(text) for text in texts[:_SHOWN]] + ["..."] * (len(texts) > _SHOWN))
            parts.append(f"{in_form(words[kind], len(texts), locale).format(count=len(texts))} ({shown})")
    return ", ".join(parts)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57].rstrip()}..."
