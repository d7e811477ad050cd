"""What an agent proposes to ask people, what `ask` finds about them under the salon's lock, and what the agent then chooses.

All of it is plain data: the agent's room says what it selected and why, and decides by what it is told; nothing here reads or
writes anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.asking.decision import Agent, Decision
from shared.asking.guard import Condition
from shared.asking.holdout import Arm
from shared.asking.limits import AskCounters
from shared.asking.outreach import OfferDetails, Outreach, OutreachType
from shared.asking.person import Excluded, Person
from shared.asking.slot import Slot
from shared.customers.consent import Channel, Purpose
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.rendering import spelt_out, unsigned_text
from shared.records.audit import Amended
from shared.records.stored import natural_id
from shared.salon.salon import Salon
from shared.salon.settings import AutonomyLevel, SalonSettings
from shared.values.identity import address_key


@dataclass(frozen=True)
class Selected:
    """Somebody whom an agent selected, with what they would be asked: a slot, or something else. `purpose` names the words,
    `sms_purpose` those by SMS where WhatsApp cannot deliver them, if it may go on so; `variables` fill both. `source`, `probability` and `reasons` say why just they. By its `autonomy` the agent asks alone, once the
    owner has approved it (`supervised`), or never (`manual_only`). `unit` is the one of the proposal's units that they belong
    to."""

    person: Person
    consent: Purpose
    channel: Channel
    source: str
    purpose: str
    variables: Mapping[str, str]
    deadline: datetime
    guard: tuple[Condition, ...]
    sms_purpose: str | None = None
    slot: Slot | None = None
    offer: OfferDetails | None = None
    unit: str | None = None
    autonomy: AutonomyLevel = "full_auto"
    segment: str = "regular"
    probability: float = 0.0
    reasons: tuple[str, ...] = ()
    entry: WaitlistEntry | None = None
    moves_booking_id: str | None = None
    chain_depth: int = 0

    @property
    def id(self) -> str:
        return self.person.customer.id


@dataclass(frozen=True)
class Proposal:
    """The people whom an agent would ask because of one trigger, best first, none of whom its own rules exclude. With `approved`
    the owner has said yes to it: its decision stands, and a breaker that is open only holds the messages back. In a dry run
    nothing that was approved is done, nor said to be. `units` are all
    that the trigger selected and no arm was drawn for yet, also those of which nobody is left; `holdout_percent` of them are
    left alone."""

    agent: Agent
    outreach_type: OutreachType
    trigger_id: str
    trigger_type: str
    people: Sequence[Selected]
    salon: Salon
    settings: SalonSettings
    now: datetime
    signing_key: bytes
    approved: bool = False
    units: tuple[str, ...] = ()
    holdout_percent: float = 0.0

    @property
    def live(self) -> bool:
        """Whether somebody is really asked, and not only decided about."""
        return self.settings.mode_of(self.agent) == "live"

    def ready(self, allowed: "Allowed") -> list[Selected]:
        """Those who may be asked, best first. One person may be several customers, and is asked once."""
        first: dict[str | None, Selected] = {}
        for each in self.people:
            if each.id not in allowed.excluded:
                first.setdefault(each.person.customer.address, each)
        return list(first.values())


@dataclass(frozen=True)
class Allowed:
    """What stands under the lock. `excluded` says by customer why some of the people may not be asked after all. At most `left`
    of the others may be asked, by the salon's limits and the circuit breaker, which may let pass a `trial` only. `arms` says by
    unit what was drawn; it is empty where nothing is held out."""

    excluded: Mapping[str, Excluded]
    counters: AskCounters
    left: int
    trial: int | None = None
    arms: Mapping[str, Arm] = field(default_factory=dict)


def _nothing_more(counters: AskCounters) -> AskCounters:
    return counters


@dataclass(frozen=True)
class Group:
    """Those of the people, by customer, who are asked by one decision, as its round of that number."""

    people: tuple[str, ...]
    decision: Decision
    round: int = 1


@dataclass(frozen=True)
class Question:
    """A decision that waits for the owner, with the approval by which they are asked."""

    decision: Decision
    approval: Amended[Any]


@dataclass(frozen=True)
class Choice:
    """What an agent chose: whom it asks alone, what it asks the owner, or the decision that nobody is asked, for that reason.
    `moved` are the documents of its own that change with it, in a dry run too; `count` is what it counts besides the asks
    themselves. Each of the three decisions keeps the arms that were drawn; a room that returns `NobodyAsked` instead writes
    nothing, and no arm is kept."""

    alone: Group | None = None
    question: Question | None = None
    nobody: Decision | None = None
    reason: str = "nobody to ask at present"
    moved: tuple[Amended[Any], ...] = ()
    count: Callable[[AskCounters], AskCounters] = field(default=_nothing_more)


@dataclass(frozen=True)
class Asked:
    customers: int


@dataclass(frozen=True)
class NobodyAsked:
    reason: str


SAID_OF_A_SLOT = ("name", "service", "staff", "when", "price")
"""What an offer has to know, besides its own words: its page, its answers and the confirmation of its booking say it."""


def outreach_to(selected: Selected, proposal: Proposal, decision_id: str, *, round: int) -> Outreach:
    """The outreach that asks this person. Its id is made of what it is about, of whom it asks and of the decision. An ask that
    could not be said later, by another channel or after a yes, is a mistake in the room."""
    customer, now = selected.person.customer, proposal.now
    locale = proposal.salon.spoken_to(customer.locale)
    variables = spelt_out(selected.variables, locale)
    missing = [name for name in SAID_OF_A_SLOT if name not in variables] if selected.slot else []
    if missing:
        raise ValueError(f"expected an offer of a slot to say its {', '.join(missing)}, found {sorted(variables)}")
    if selected.sms_purpose:
        unsigned_text(selected.sms_purpose, locale, variables)
    return Outreach(
        id=natural_id("out", proposal.trigger_id, customer.id, decision_id),
        salon_id=proposal.salon.id,
        created_at=now,
        updated_at=now,
        agent_name=proposal.agent,
        customer_id=customer.id,
        customer_name=customer.name,
        customer_phone=customer.phone or "",
        address_key=key_of(selected, proposal),
        outreach_type=proposal.outreach_type,
        consent_purpose=selected.consent,
        message=unsigned_text(selected.purpose, locale, variables),
        trigger_id=proposal.trigger_id,
        trigger_type=proposal.trigger_type,
        decision_id=decision_id,
        round=round,
        slot=selected.slot,
        guard=list(selected.guard),
        source=selected.source,
        segment=selected.segment,
        probability=selected.probability,
        waitlist_entry_id=selected.entry.id if selected.entry else None,
        moves_booking_id=selected.moves_booking_id,
        chain_depth=selected.chain_depth,
        offer_details=selected.offer,
        channel=selected.channel,
        purpose=selected.purpose,
        sms_purpose=selected.sms_purpose,
        locale=locale,
        variables=variables,
        expires_at=selected.deadline,
        due_at=None,
    )


def key_of(selected: Selected, proposal: Proposal) -> str:
    """The keyed hash of the address at which this person would be asked."""
    return address_key(proposal.signing_key, selected.channel, selected.person.customer.phone or "")
