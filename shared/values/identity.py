"""Addresses of people, compared in one form however they are spelt: they stand in no document's path and in no log, but the
same address is found again."""

import hashlib
import hmac
import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberFormat


class NationalForm(NamedTuple):
    """Numbers that some write with one digit more than others, WhatsApp among them: `before` and `after` are the patterns of
    what stands around it."""

    before: str
    digit: str
    after: str


NATIONAL_FORMS = (
    NationalForm(r"\+52", "1", r"\d{10}"),  # Mexico: mobiles, until 2019
    NationalForm(r"\+54", "9", r"\d{10}"),  # Argentina: mobiles, called from abroad
    # Brazil: mobiles, since 2012. What begins with 2 to 5 without the nine is a landline of somebody else.
    NationalForm(r"\+55\d\d", "9", r"[016-9]\d{7}"),
)


_LIKE_A_NUMBER = re.compile(r"(tel:)?[+＋(]{0,2}\d[-\d\s().,/‐-―]*\d")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def dialled(address: str, country: str | None = None) -> str | None:
    """The E.164 number at which a person is reached, or None for what is no number: a name, an e-mail address, the id of a
    WhatsApp user. A number without its country's code is one of `country` (ISO 3166) where it can be."""
    return _number(_bare(address), country)


def canonical(address: str, country: str | None = None) -> str:
    """The one form in which addresses are compared: two are the same person's if theirs is equal. It is not for writing to
    them: the number may be the national form at which they are not reached. What is no number is left as it is, without
    Twilio's `whatsapp:`; a WhatsApp sender may have only an id such as `US.1349`."""
    bare = _bare(address)
    number = _number(bare, country)
    return _folded(number) if number else bare.casefold() if "@" in bare else bare


def spellings(address: str, country: str | None = None) -> list[str]:
    """The ways, at most 30, in which apps usually store this number in `country`, for a query; of others, as given."""
    number = _number(_bare(address), country)
    if number is None:
        return [_bare(address)]
    found = [_bare(address)]
    for each in _forms(number):
        parsed = phonenumbers.parse(each)
        abroad = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
        found += [each, each[1:], f"00{each[1:]}", abroad, abroad.replace(" ", "-")]
        if parsed.country_code == phonenumbers.country_code_for_region(country or ""):
            at_home = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
            found += [phonenumbers.national_significant_number(parsed), at_home, at_home.replace(" ", "")]
            found += [phonenumbers.normalize_digits_only(at_home), at_home.replace(" ", "-")]
    return list(dict.fromkeys(found))[:30]


def address_key(key: bytes, channel: str, address: str, country: str | None = None) -> str:
    """The id under which this address is kept. It is keyed because a plain hash of a phone number can be found by
    trying them all."""
    text = f"address\x1f{channel}\x1f{canonical(address, country)}"
    return f"idn_{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40]}"


def _bare(address: str) -> str:
    return re.sub("^whatsapp:", "", _INVISIBLE.sub("", address).strip(), flags=re.IGNORECASE)


@lru_cache(maxsize=4096)
def _number(bare: str, country: str | None) -> str | None:
    """Reads the number as one of `country`, or as one that lacks its plus. A reading that is valid comes first; where none is, one
    that is only possible serves, since many ranges are newer than our tables. What holds more than a number is not guessed at."""
    if not _LIKE_A_NUMBER.fullmatch(bare):
        return None
    digits = phonenumbers.normalize_digits_only(bare)
    guesses = [_parsed(bare, country), _parsed(f"+{digits.removeprefix('00')}", None)]
    found = [each for each in guesses if each is not None]
    return min(found, key=lambda each: not each.valid).e164 if found else None


class _Parsed(NamedTuple):
    e164: str
    valid: bool


def _parsed(text: str, country: str | None) -> _Parsed | None:
    try:
        e164 = phonenumbers.format_number(phonenumbers.parse(text, country), PhoneNumberFormat.E164)
        usual = phonenumbers.parse(_folded(e164))
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(usual) == phonenumbers.ValidationResult.IS_POSSIBLE
    return _Parsed(e164, phonenumbers.is_valid_number(usual)) if possible else None


def _folded(number: str) -> str:
    for form in NATIONAL_FORMS:
        number = re.sub(f"^({form.before}){form.digit}({form.after})$", r"\1\2", number)
    return number


def _forms(number: str) -> list[str]:
    """The number in each form in which it may be written."""
    short = _folded(number)
    longer = (re.sub(f"^({form.before})({form.after})$", rf"\g<1>{form.digit}\g<2>", short) for form in NATIONAL_FORMS)
    return list(dict.fromkeys([short, *longer]))
