"""A destination: one channel to the numbers of one country. Whether messages arrive there depends on how the salon's sender and
account are set up, for every customer alike.

    working -> stopped (two such faults in a row) -> one trial each half hour -> working | stopped

That the provider takes a message proves nothing, for it says later what it will not deliver. So a run of faults is ended by a
delivery, and a stop also by a trial of which nothing bad is heard: not every carrier reports what it delivers.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from shared.asking.outreach import Outreach
from shared.messaging.country import country_of
from shared.messaging.outgoing import Channel
from shared.records.audit import Amended, amend
from shared.records.stored import Instant, StateDocument

Fault = Literal["account", "sender", "registration", "country", "filtered", "template"]

SETUP_FAULTS: Final[Mapping[int, Fault]] = {
    401: "account", 403: "account", 404: "account", 20003: "account", 30002: "account",
    21606: "sender", 21612: "sender", 21659: "sender", 63007: "sender",
    30032: "registration", 30034: "registration",
    21408: "country",
    30007: "filtered",
    63016: "template", 63021: "template",
}  # fmt: skip
"""The codes, refused at once or reported later, that the next customer would meet as well: what is wrong, for its owner."""

STOPS_AFTER = 2
"""So many in a row, nothing delivered in between, stop a destination: one may be the fault of a single number or text."""
STOPPED_FOR = timedelta(minutes=30)


class Destination(StateDocument):
    """`destinations/{channel}-{country}`. Where there is none, nothing has failed there. `faults` is how many there were in a
    row, `error` the code of the last. Before `stopped_until` nobody is asked there; then one person is the `trial`, and if that has
    not failed half an hour later, everybody may be asked."""

    collection: ClassVar[str] = "destinations"
    resource_type: ClassVar[str] = "destination"

    channel: Channel
    country: str | None
    faults: int = 0
    error: int | None = None
    stopped_until: Instant | None = None
    trial: bool = False

    def is_stopped(self, now: datetime) -> bool:
        return self.stopped_until is not None and now < self.stopped_until

    def needs_trial(self, now: datetime) -> bool:
        return self.stopped_until is not None and now >= self.stopped_until and not self.trial


def destination_path(channel: Channel, address: str) -> str:
    return f"{Destination.collection}/{channel}-{country_of(address) or 'any'}"


def faulted(
    before: Destination | None, channel: Channel, address: str, *, salon_id: str, code: int, now: datetime, actor: str
) -> Amended[Destination]:
    """Counts a fault of the set-up. The owner is told when it stops the destination, and not again at each trial that fails."""
    if before is None:
        id = destination_path(channel, address).partition("/")[2]
        before = Destination(
            id=id, salon_id=salon_id, created_at=now, updated_at=now, channel=channel, country=country_of(address)
        )
    stops = before.faults + 1 >= STOPS_AFTER
    return amend(
        before,
        now=now,
        actor=actor,
        event="destination_changed",
        action=f"Cannot be reached ({code})",
        announces="ALERT_TRIGGERED" if stops and before.stopped_until is None else None,
        severity="error" if stops else "warning",
        faults=before.faults + 1,
        error=code,
        stopped_until=now + STOPPED_FOR if stops else None,
        trial=False,
    )


def tried(stopped: Destination, *, now: datetime, actor: str) -> Amended[Destination]:
    """Begins a trial. Whoever commits it is the only one that asks there until its outcome is known."""
    return amend(
        stopped,
        now=now,
        actor=actor,
        event="destination_changed",
        action="Tried again",
        stopped_until=now + STOPPED_FOR,
        trial=True,
    )


def reached(before: Destination, *, now: datetime, actor: str) -> Amended[Destination] | None:
    """Ends a run of faults, because something was delivered there; None where there is none."""
    if not before.faults:
        return None
    return amend(
        before,
        now=now,
        actor=actor,
        event="destination_changed",
        action="Reached again",
        faults=0,
        error=None,
        stopped_until=None,
        trial=False,
    )


def never_reached(ask: Outreach) -> bool:
    """Whether the ask failed because of the set-up. It is as if it had not been made: nobody saw it, and it says nothing about
    its customer."""
    return ask.status == "failed" and ask.delivery.error in {str(code) for code in SETUP_FAULTS}
