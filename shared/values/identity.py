"""Addresses of people: they stand in no document's path and in no log, but the same address is found again."""

import hashlib
import hmac
import re


def normalized(address: str) -> str:
    """The one spelling of an address, without Twilio's `whatsapp:` prefix and the spaces people put into numbers. A
    WhatsApp sender may have no number at all, only an id such as `US.1349`."""
    bare = address.strip()
    if bare[:9].lower() == "whatsapp:":
        bare = bare[9:]
    if re.fullmatch(r"\+?[\d\s().\-]+", bare):
        return re.sub(r"[^\d+]", "", bare)
    return bare.casefold() if "@" in bare else bare


def address_key(signing_key: bytes, channel: str, address: str) -> str:
    """The id under which this address is kept. It is keyed because a plain hash of a phone number can be found by
    trying them all."""
    text = f"address\x1f{channel}\x1f{normalized(address)}"
    return f"idn_{hmac.new(signing_key, text.encode(), hashlib.sha256).hexdigest()[:40]}"
