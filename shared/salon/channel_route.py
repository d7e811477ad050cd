"""Which organization a sending number belongs to, and which of its salons send from it. A reply to the number finds its
salon through the route, so a number that one organization holds is never another's."""

from datetime import datetime

from shared.records.invalid import InvalidEvent
from shared.records.stored import Instant, Stored
from shared.salon.salon import Salon
from shared.values.identity import canonical


class ChannelRoute(Stored):
    """`holders` says since when each salon holds the number. An empty route does not exist."""

    account_sid: str
    number: str
    organization_id: str
    salon_ids: list[str]
    holders: dict[str, Instant]

    def without(self, salon_id: str) -> "ChannelRoute | None":
        left = {holder: since for holder, since in self.holders.items() if holder != salon_id}
        return self.changed(salon_ids=sorted(left), holders=left) if left else None


def key_of(account_sid: str, number: str) -> str:
    return f"{account_sid}:{canonical(number)}"


def wanted_keys(salon: Salon) -> dict[str, tuple[str, str]]:
    """The numbers that the salon means to send from: account and number by the key of their route."""
    messaging = salon.messaging
    account = messaging.account_sid
    numbers = {canonical(number) for number in (messaging.whatsapp_from, messaging.sms_from) if number}
    return {key_of(account, number): (account, number) for number in sorted(numbers)} if account else {}


def shared_outside(route: ChannelRoute, salon: Salon) -> bool:
    """Whether the number is also used by salons of an organization that this one no longer belongs to."""
    return route.organization_id != salon.organization_id and route.without(salon.id) is not None


def claimed(
    standing: ChannelRoute | None, account_sid: str, number: str, salon: Salon, now: datetime
) -> ChannelRoute | None:
    """The route with this salon among its holders, or None when salons of another organization hold the number."""
    others = standing.without(salon.id) if standing else None
    if others is not None and others.organization_id != salon.organization_id:
        return None
    holders = {
        **(others.holders if others else {}),
        salon.id: (standing.holders if standing else {}).get(salon.id, now),
    }
    return ChannelRoute(
        account_sid=account_sid,
        number=number,
        organization_id=salon.organization_id,
        salon_ids=sorted(holders),
        holders=holders,
    )


ROUTES = "channel_routes"


def route_path(account_sid: str, number: str) -> str:
    """The path of the route of a number. Raises InvalidEvent for what would name a document elsewhere."""
    key = key_of(account_sid, number)
    if "/" in key:
        # It would name a document below somebody's route.
        raise InvalidEvent(f"expected an account and a number, found {key[:100]!r}")
    return f"{ROUTES}/{key}"
