"""What an SMS is written in: with one letter that GSM 7-bit has not, a segment holds 70 letters instead of 160."""

import unicodedata
from typing import Final

ALPHABET: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("^{}\\[~]|€")
"""These take the place of two letters."""
_INSTEAD: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
    | {
        "₹": "Rs ",
        "₩": "KRW ",
        "₪": "ILS ",
        "₫": "VND ",
        "฿": "THB ",
        "₴": "UAH ",
        "₦": "NGN ",
        "₱": "PHP ",
        "₡": "CRC ",
    }
    | {
        "₺": "TRY ",
        "₽": "RUB ",
        "₲": "PYG ",
        "₵": "GHS ",
        "₸": "KZT ",
        "₭": "LAK ",
        "₮": "MNT ",
        "₾": "GEL ",
        "₼": "AZN ",
    }
    | {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "ı": "i", "Œ": "Oe", "œ": "oe", "Þ": "Th", "þ": "th"}
)
"""What says the same in letters that cost less: a sign as its currency's code, a letter that has no accent to leave out."""


def in_gsm7(text: str) -> str:
    """The text in the letters of GSM 7-bit where they say the same ("sab" for "sáb"), or as it is where they do not, as in
    Hindi."""
    plain = "".join(letter if letter in ALPHABET | EXTENDED else _plain(letter) for letter in text)
    return plain if is_gsm7(plain) else text


def is_gsm7(text: str) -> bool:
    return set(text) <= ALPHABET | EXTENDED


def _plain(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", letter.translate(_INSTEAD))
    return "".join(part for part in parts if not unicodedata.combining(part))
