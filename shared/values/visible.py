"""Text as people see it. What nobody sees turns a name around, hides it, or makes a blank one look like a name."""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator

JOINERS: Final = "\u200c\u200d"
"""They shape letters of Hindi and Persian and hold emoji together; after anything else they are only invisible."""
BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and a sign that show nothing."""


def visible(text: str) -> str:
    """The text without control characters, those that set its direction and those without width, its words one space apart.
    Empty, where there is nothing to see."""
    spaced = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    joined = re.sub(f"(?<![\u0600-\u109f\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[{JOINERS}]", "", spaced)
    shown = "".join(letter for letter in joined if letter in JOINERS or _shows(letter))
    return " ".join(shown.split()) if any(unicodedata.category(letter)[0] in "LNPS" for letter in shown) else ""


def _shows(letter: str) -> bool:
    return unicodedata.category(letter)[0] != "C" and letter not in BLANK


Name = Annotated[str, AfterValidator(visible)]
"""A name, as people see it. Of a blank one nothing is left, and a text says another word instead."""
