"""Understands what one of the salon's own people answers in words. The words of the question count by themselves; a "yes" may be
said to anything, so it counts under the question, or where nothing else can be meant."""

from typing import Literal

from shared.messaging.replies import Meaning


def decided(meaning: Meaning, *, under_the_question: bool) -> Literal["approve", "reject"] | None:
    """The answer that these words give to an approval, or None."""
    if meaning == "approve" or meaning == "reject":
        return meaning
    if under_the_question:
        return "approve" if meaning == "accept" else "reject" if meaning == "decline" else None
    return None
