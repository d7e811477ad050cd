"""The country of a phone number."""

import phonenumbers


def country_of(phone: str) -> str | None:
    """The country (ISO 3166) to which the calling code of this number belongs, or None for what is no number. Of the countries
    that share +1 it is always the United States: their hours are the strictest, and hold for all of them."""
    try:
        code = phonenumbers.parse(phone).country_code
    except phonenumbers.NumberParseException:
        return None
    return None if code is None else phonenumbers.region_code_for_country_code(code)
