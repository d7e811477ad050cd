"""What the texts are filled with where they are only looked at: by who approves a template, and by who reads all of them.
A room adds examples of what only it says, under `[examples]` of its texts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from functions.fill_gap.spoken_proposal import Offered, spoken_proposal
from functions.notify_owner.read_problem import Named, spoken_problem
from functions.send_outreach.gsm7 import EXTENDED, is_gsm7
from functions.send_outreach.spoken_digest import spoken_digest
from shared.messaging.phrases import words
from shared.messaging.spoken import spoken_deadline, spoken_outcome, spoken_reason, spoken_time, spoken_why_not
from shared.messaging.texts import UnclearWords, texts
from shared.messaging.tokens import OfferToken, sign
from shared.values.language import Language
from shared.values.money import display

NOW = datetime(2026, 11, 27, 10)  # noqa: DTZ001 - on the wall of each salon
SAMPLES = Path(__file__).with_name("samples")


def sample(language: Language) -> Mapping[str, str]:
    """A salon that speaks this language and who comes to it, with the salon's locale, zone and currency."""
    return words(SAMPLES / f"{language}.toml")


def examples(language: Language, purpose: str) -> dict[str, str]:
    """A value for each variable of the text, in that language: those under `[examples]` of its room before those that are
    known here."""
    folder = texts()[purpose].folder
    found: dict[str, str] = _common(language, purpose) | words(folder / f"{language}.toml").get("examples", {})
    for name in texts()[purpose].names:
        if name not in found:
            raise UnclearWords(
                f"expected {name} under [examples] of {folder}/{language}.toml for {purpose}, found none"
            )
    return found


def _common(language: Language, purpose: str) -> dict[str, str]:
    """A link is as long as real ones."""
    people = dict(sample(language))
    locale, zone = people["locale"], ZoneInfo(people["zone"])
    now = NOW.replace(tzinfo=zone)
    slot, lost, deadline = (now + timedelta(hours=hours) for hours in (28, 3, 0.75))
    when, lost_when = (spoken_time(time, zone, locale, now=now) for time in (slot, lost))
    price = display(Decimal(people["price"]), people["currency"], locale)
    offered = Offered(
        people["service"], people["staff"], spoken_time(slot, zone, locale, now=None), price, discount_percent=10
    )
    proposal = spoken_proposal([people["customer"]], offered, ["waitlist_exact"], locale)
    signed = {f"{answer}_token": answer for answer in ("accept", "decline", "approve", "reject")}
    offer = {
        **people,
        **signed,
        "when": when,
        "lost_when": lost_when,
        "price": price,
        "until": spoken_deadline(deadline, zone, locale, now=now),
        "proposal": proposal,
    }
    return {
        **offer,
        "link": f"https://smart-fill.example.com/o/{sign(b'k', OfferToken('salon-lima', 'out_' + 24 * '0', 'link'))}",
        "outcome": spoken_outcome("expired", locale),
        "reason": spoken_why_not("the time is no longer free", locale),
        "topic": spoken_reason("cannot_come", locale, when=when),
        "reach": "+14165550134",
        "choices": {"which_one": f"{lost_when}, {when}", "owner_which_one": f"{proposal}; {proposal}"}.get(
            purpose, f"1 {people['salon']}, 2 {people['salon']} II"
        ),
        "summary": spoken_digest(
            {"sold": [f"{people['customer']} {people['service']}"], "written": ["", ""], "waiting": [proposal]}, locale
        ),
        "problem": spoken_problem(Named("away", people["staff"], 2, "", None), locale, when=when),
    }


def segments(text: str) -> int:
    """How many SMS the text is billed as: 160 letters of GSM 7-bit or 70 of UCS-2, a few less in each of several."""
    if is_gsm7(text):
        letters, alone, together = len(text) + sum(letter in EXTENDED for letter in text), 160, 153
    else:
        letters, alone, together = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if letters <= alone else -(-letters // together)
