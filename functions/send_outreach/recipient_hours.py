"""When the customer of an ask may be written to: on their own wall clock, by the channel that it goes out by."""

from shared.asking.outreach import Outreach
from shared.customers.customer import Customer
from shared.messaging.country import country_of
from shared.messaging.messaging_hours import Hours
from shared.salon.salon import Salon, zone_named
from shared.salon.settings import SalonSettings


def hours_of(ask: Outreach, customer: Customer | None, salon: Salon, settings: SalonSettings) -> Hours:
    """The hours of this ask. A customer without a zone of their own lives by the salon's."""
    return Hours(
        zone=zone_named(customer.timezone) if customer and customer.timezone else salon.zone,
        quiet=settings.quiet_hours,
        channel="sms" if ask.channel == "sms" else "whatsapp",
        marketing=ask.consent_purpose == "marketing",
        country=country_of(ask.address),
    )
