"""What an offer says at the moment it is read."""

from datetime import datetime

from shared.asking.outreach import Outreach
from shared.messaging.spoken import spoken_deadline, spoken_time
from shared.salon.salon import Salon


def said_now(outreach: Outreach, salon: Salon, now: datetime) -> dict[str, str]:
    """The variables of an offer with its times spoken anew: "tomorrow" was right when the offer was requested."""
    slot = outreach.slot
    when = {"when": spoken_time(slot.start, salon.zone, outreach.locale, now=now)} if slot else {}
    until = spoken_deadline(outreach.expires_at, salon.zone, outreach.locale, now=now)
    return {**outreach.variables, **when, "until": until}
