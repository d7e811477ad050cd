"""Why nobody is asked by some channel at present, in words: what does not arrive, why, and who can mend it."""

import phonenumbers

from shared.asking.destination import SETUP_FAULTS, Destination
from shared.messaging.phrases import phrases

CHANNELS = {"whatsapp": "WhatsApp", "sms": "SMS"}


def spoken_stop(stopped: Destination, locale: str) -> str:
    """Says what is wrong with a stopped destination, to whoever does not know what a template is."""
    words = phrases(__file__, locale)
    code = phonenumbers.country_code_for_region(stopped.country) if stopped.country else 0
    fault = SETUP_FAULTS.get(stopped.error or 0, "account")
    return str(words["stopped" if code else "stopped_anywhere"]).format(
        channel=CHANNELS[stopped.channel], numbers=f"+{code}", fault=words["fault"][fault], error=stopped.error
    )
