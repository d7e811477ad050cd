"""Understands what one of the salon's own people answers in words. Only the words of the question count by themselves: an "ok"
may be said to anything, and approves nothing unless it is written under the question."""

from typing import Final, Literal

from shared.messaging.replies import Meaning

_WORDS: Final[dict[str, Literal["approve", "reject"]]] = {
    **dict.fromkeys(("approve", "approved", "मंज़ूर", "मंजूर", "aprobar", "aprobado", "apruebo"), "approve"),
    **dict.fromkeys(("reject", "rejected", "नामंज़ूर", "नामंजूर", "rechazar", "rechazado", "rechazo"), "reject"),
}


def decided(body: str, meaning: Meaning, *, under_the_question: bool) -> Literal["approve", "reject"] | None:
    """The answer that these words give to an approval, or None."""
    word = _WORDS.get(body.strip(" \t\n.!").casefold())
    if word is None and under_the_question:
        return "approve" if meaning == "accept" else "reject" if meaning == "decline" else None
    return word
