"""Addresses of people: never in a document's path, never in a log, but found again by the same address."""

import hashlib
import hmac
import re


def normalized(address: str) -> str:
    """One spelling for one address, without Twilio's `whatsapp:` prefix and the spaces people put into numbers. A
    WhatsApp sender may have no number at all, only an id such as `US.1349`."""
    bare = address.strip()
    if bare[:9].lower() == "whatsapp:":
        bare = bare[9:]
    if re.fullmatch(r"\+?[\d\s().\-]+", bare):
        return re.sub(r"[^\d+]", "", bare)
    return bare.casefold() if "@" in bare else bare


def address_key(signing_key: bytes, channel: str, address: str) -> str:
    """The id under which this address is kept. Keyed: a plain hash of a phone number is found by trying them all."""
    text = f"address\x1f{channel}\x1f{normalized(address)}"
    return f"idn_{hmac.new(signing_key, text.encode(), hashlib.sha256).hexdigest()[:40]}"


def without_numbers(text: str) -> str:
    """What somebody wrote, without the numbers they can be reached by: a notice is read on more phones than one."""
    return re.sub(r"\+?\d(?:[\s().\-/]*\d){6,}", "…", text)
