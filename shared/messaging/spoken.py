"""Times, proposals, reasons and outcomes in words, as they are put into the texts of messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time

from shared.values.cldr import cldr_locale, plainly_spaced
from shared.values.language import Language, language_of

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
_AT: Final[dict[Language, dict[str, str]]] = {
    "en": {"other": "{day} at {hour}"},
    "hi": {"other": "{day} {hour} बजे"},
    "es": {"one": "{day} a la {hour}", "other": "{day} a las {hour}"},
}
_UNTIL: Final[dict[Language, dict[str, str]]] = {
    "en": {"other": "{hour}"},
    "hi": {"other": "{hour} बजे"},
    "es": {"one": "la {hour}", "other": "las {hour}"},
}
_DAY: Final[dict[Language, str]] = {"en": "MMMEd", "hi": "MMMMEd", "es": "MMMEd"}
_HOUR: Final[dict[Language, str]] = {"en": "", "hi": "Bhm", "es": ""}
"""CLDR's skeletons; without one, the hour is as short as people there write it."""


def spoken_time(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime | None) -> str:
    """Says a time as people there do: "today at 14:00", "Sat, Nov 28 at 2:00 p.m.". `now` is when it will be read, because
    "today" written in the evening is wrong in the morning; None, where nobody knows when that is, always names the day."""
    local = instant.astimezone(zone)
    return _with_hour(local, _AT, locale, day=_spoken_day(local, now and now.astimezone(zone), locale))


def spoken_deadline(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime) -> str:
    """Says a time as it follows "until": the hour alone when it is today, as `spoken_time` when it is not."""
    local = instant.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return _with_hour(local, _UNTIL, locale)
    return spoken_time(instant, zone, locale, now=now)


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


def _spoken_day(local: datetime, now: datetime | None, locale: str) -> str:
    days = (local.date() - now.date()).days if now else None
    if days == 0 or days == 1:
        return _TODAY[language_of(locale)][days]
    return plainly_spaced(format_skeleton(_DAY[language_of(locale)], local, locale=cldr_locale(locale)))


def _with_hour(local: datetime, forms: Mapping[Language, Mapping[str, str]], locale: str, **words: str) -> str:
    """The form of the words that goes with this hour: "a la 1:30", "a las 2:30"."""
    there, skeleton = cldr_locale(locale), _HOUR[language_of(locale)]
    hour = format_skeleton(skeleton, local, locale=there) if skeleton else format_time(local, "short", locale=there)
    number = int("".join(filter(str.isdigit, hour.partition(":")[0])))
    form = forms[language_of(locale)]
    return form.get(there.plural_form(number), form["other"]).format(hour=plainly_spaced(hour), **words)
