"""By which words an offer is said, by channel and country."""

from shared.messaging.country import country_of
from shared.messaging.outgoing import Channel


def offer_purpose(channel: Channel, phone: str, *, instead: bool = False) -> str:
    """The purpose of an offer by this channel: its text only names the link where the country lets nobody answer an SMS.
    `instead` is for an offer that answers a yes which came too late."""
    if channel == "whatsapp":
        return "slot_taken_another" if instead else "slot_offer"
    if country_of(phone) == "IN":
        return "slot_taken_another_link" if instead else "slot_offer_link"
    return "slot_taken_another_sms" if instead else "slot_offer_sms"
