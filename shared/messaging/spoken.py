"""Times, proposals, reasons and outcomes in words, as they are put into the texts of messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from shared.messaging.texts import Language, language_of

_SHOWN: Final = 3
_PROPOSAL: Final[dict[Language, str]] = {
    "en": "{service} {when} for {customer}",
    "hi": "{service}, {when}, {customer} के लिए",
    "es": "{service} {when} para {customer}",
}
_DISCOUNT: Final[dict[Language, str]] = {
    "en": ", {percent} % off",
    "hi": ", {percent} % की छूट",
    "es": ", {percent} % de descuento",
}
_AND: Final[dict[Language, str]] = {"en": "{some} and {last}", "hi": "{some} और {last}", "es": "{some} y {last}"}
_MORE: Final[dict[Language, str]] = {"en": "{count} more", "hi": "{count} अन्य", "es": "{count} más"}
_OUTCOMES: Final[dict[Language, dict[str, str]]] = {
    "en": {"approved": "approved", "rejected": "rejected", "expired": "out of time", "cancelled": "called off"},
    "hi": {"approved": "मंज़ूर", "rejected": "नामंज़ूर", "expired": "समय से बाहर", "cancelled": "रद्द"},
    "es": {"approved": "aprobado", "rejected": "rechazado", "expired": "fuera de plazo", "cancelled": "anulado"},
}
_REASONS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "needs_a_person": "something that needs a person",
        "other_words": "our offer for {when}, in other words than yes or no",
        "another_answer": "our offer for {when}: a yes after all",
        "cannot_come": "they cannot come {when}",
        "forwarded": "an offer that was made to somebody else",
        "not_theirs": "an approval that is not theirs to give",
        "no_such_approval": "an approval that we do not know",
        "given_up": "something that we could not work on",
    },
    "hi": {
        "needs_a_person": "कुछ ऐसा जिसके लिए किसी व्यक्ति की ज़रूरत है",
        "other_words": "{when} का हमारा ऑफ़र, हाँ या ना से अलग शब्दों में",
        "another_answer": "{when} का हमारा ऑफ़र, जिस पर अब हाँ कहा है",
        "cannot_come": "वे {when} नहीं आ सकते",
        "forwarded": "किसी और को दिया गया ऑफ़र",
        "not_theirs": "एक मंज़ूरी जो देना उनका काम नहीं",
        "no_such_approval": "एक मंज़ूरी जिसे हम नहीं जानते",
        "given_up": "कुछ ऐसा जिस पर हम काम नहीं कर सके",
    },
    "es": {
        "needs_a_person": "algo que necesita a una persona",
        "other_words": "nuestra oferta de {when}, con otras palabras que sí o no",
        "another_answer": "nuestra oferta de {when}: un sí después de todo",
        "cannot_come": "no puede venir {when}",
        "forwarded": "una oferta hecha a otra persona",
        "not_theirs": "una aprobación que no le corresponde",
        "no_such_approval": "una aprobación que no conocemos",
        "given_up": "algo que no pudimos procesar",
    },
}
_DIGEST: Final[dict[Language, dict[str, str]]] = {
    "en": {"waiting": "to answer", "sold": "sold", "alert": "to look at", "over": "settled meanwhile"},
    "hi": {"waiting": "पर जवाब चाहिए", "sold": "बिके", "alert": "देखने लायक़", "over": "इस बीच तय"},
    "es": {"waiting": "por responder", "sold": "vendidos", "alert": "por revisar", "over": "ya resueltos"},
}
_TODAY: Final[dict[Language, tuple[str, str]]] = {
    "en": ("today", "tomorrow"),
    "hi": ("आज", "कल"),
    "es": ("hoy", "mañana"),
}
_WEEKDAYS: Final[dict[Language, list[str]]] = {
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "hi": ["सोम", "मंगल", "बुध", "गुरु", "शुक्र", "शनि", "रवि"],
    "es": ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
}
_MONTHS: Final[dict[Language, str]] = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "hi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
}


def spoken_time(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime | None) -> str:
    """Says a time as people do: "today at 14:00", "Sat 28 Nov at 14:00". `now` is when it will be read, because "today"
    written in the evening is wrong in the morning; None, where nobody knows when that is, always names the day."""
    language, local = language_of(locale), instant.astimezone(zone)
    day, hour = _spoken_day(local, now and now.astimezone(zone), language), f"{local:%H:%M}"
    return {"en": f"{day} at {hour}", "hi": f"{day} {hour} बजे", "es": f"{day} a las {hour}"}[language]


def spoken_deadline(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime) -> str:
    """Says a time as it follows "until": the hour alone when it is today, as `spoken_time` when it is not."""
    if instant.astimezone(zone).date() == now.astimezone(zone).date():
        return f"{instant.astimezone(zone):%H:%M}"
    return spoken_time(instant, zone, locale, now=now)


def spoken_names(names: Sequence[str], locale: str) -> str:
    """Says who it is about: all of three, and of more the first two and how many others."""
    language = language_of(locale)
    said = list(names)
    if len(said) > _SHOWN:
        said = [*said[: _SHOWN - 1], _MORE[language].format(count=len(said) - _SHOWN + 1)]
    return said[0] if len(said) == 1 else _AND[language].format(some=", ".join(said[:-1]), last=said[-1])


def spoken_proposal(service: str, when: str, customer: str, locale: str, *, discount_percent: float) -> str:
    """Says what the owner is asked to allow, without a verb, so that every text can put it into a sentence."""
    language = language_of(locale)
    discount = _DISCOUNT[language].format(percent=f"{discount_percent:g}") if discount_percent else ""
    return _PROPOSAL[language].format(service=service, when=when, customer=customer) + discount


def spoken_outcome(status: str, locale: str) -> str:
    """Says what became of an approval, as a word within a sentence."""
    return _OUTCOMES[language_of(locale)].get(status, status)


def spoken_reason(reason: str, locale: str, *, when: str) -> str:
    """Says why a message waits for a person, as it follows "about". `when` is the time it is about, or empty."""
    return _REASONS[language_of(locale)][reason].replace("{when}", when).strip()


def spoken_digest(items: Mapping[str, list[str]], locale: str) -> str:
    """Says how many items there are of each kind (`sold`, `alert`, `waiting`, `over`), and names the first few."""
    words = _DIGEST[language_of(locale)]
    parts = []
    for kind, texts in items.items():
        if texts:
            shown = "; ".join([_shortened(text) for text in texts[:_SHOWN]] + ["..."] * (len(texts) > _SHOWN))
            parts.append(f"{len(texts)} {words[kind]} ({shown})")
    return ", ".join(parts)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57].rstrip()}..."


def _spoken_day(local: datetime, now: datetime | None, language: Language) -> str:
    days = (local.date() - now.date()).days if now else None
    if days == 0 or days == 1:
        return _TODAY[language][days]
    month = _MONTHS[language].split()[local.month - 1]
    return f"{_WEEKDAYS[language][local.weekday()]} {local.day} {month}"
