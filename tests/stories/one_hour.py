"""A salon with one free hour, as documents alone: whoever decides about it is called by itself, and no event follows.

Mia may be sold from 18:30 to 19:30 on Kolkata's wall; Noah works elsewhere in the same salon. A table of many cases is quick
on it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from functions.answer_message.answer_message import answer_message
from functions.fill_gap.answer_late_yes import answer_late_yes
from functions.fill_gap.ask_round import ask_round
from functions.fill_gap.next_step import Ask
from functions.fill_gap.round_documents import RoundContext
from functions.fill_gap.settings import Settings
from functions.send_outreach.find_obstacle import obstacle
from local.memory.memory import MemoryDatabase, MemoryStore
from local.stepped_clock import SteppedClock
from shared.asking.outreach import Outreach
from shared.calendar.gap import Gap
from shared.customers.identity import Identity, identity_path
from shared.messaging.conversation import Conversation
from shared.messaging.message import Inbound, received
from shared.ports import SALON, Delete, Deployment, Put, Query, Update
from shared.records.commit import create
from shared.sales.read_offer_answer import OfferAnswer
from shared.sales.sell_slot import NotSold, Sold, sell_slot
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_as, accepted_settings
from shared.values.identity import address_key
from tests.shared.messaging.test_outgoing import outreach
from tests.shared.sales.test_acceptance import END, NOW, START, gap

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = b"one hour"
DEPLOYMENT = Deployment("https://smart-fill.example", KEY, {})
PHONE = "+919876500001"
BOTH = {"service": True, "marketing": True}


def booking(start: datetime = START, minutes: int = 60, **fields: Any) -> dict[str, Any]:
    end = start + timedelta(minutes=minutes)
    return {"staff_id": "mia", "customer_id": "other", "service_ids": ["cut"], "start_time": start, "end_time": end,
            "status": "confirmed", "price": 50, **fields}  # fmt: skip


class OneHour:
    """`gaps/gap_1` is open; `customers/c1` is one whom nothing speaks against."""

    def __init__(self, **settings: Any) -> None:
        self.clock = SteppedClock(NOW)
        self.store = MemoryStore(MemoryDatabase(now=self.clock.now))
        self.documents = self.store.salon("s1")
        hours = {"mon": [{"start": "18:30", "end": "19:30"}]}
        self.put(
            SALON,
            name="One", organization_id="o1", timezone="Asia/Kolkata", currency="INR", locale="en-IN", opening_hours=hours,
            contacts=[{"name": "Olga", "role": "owner", "phone": "+919876500099"}],
            messaging={"account_sid": "AC1", "whatsapp_from": "+14155238886"},
        )  # fmt: skip
        self.put("staff/mia", name="Mia", service_ids=["cut"])
        self.put("staff/noah", name="Noah", service_ids=["cut"])
        self.put("services/cut", name="Cut", duration_minutes=60, price=50)
        self.put("customers/c1", name="Cara", phone=PHONE, consents={"whatsapp": BOTH})
        self.put("gaps/gap_1", **gap(revision=1, freed=[{"start": START, "end": END}]).stored())
        self.settle(**settings)

    def put(self, path: str, **data: Any) -> None:
        self.documents.commit(Put(path, data))

    def update(self, path: str, **fields: Any) -> None:
        assert self.documents.commit(Update(path, fields))

    def delete(self, path: str) -> None:
        self.documents.commit(Delete(path))

    def settle(self, **settings: Any) -> None:
        self.put("settings/v1", **{"version": 1, "mode": "live", **settings})
        self.put("settings/accepted", version=1)

    def all(self, collection: str) -> dict[str, dict[str, Any]]:
        return {snapshot.id: snapshot.data for snapshot in self.documents.query(Query(collection))}

    def get(self, path: str) -> dict[str, Any]:
        found = self.documents.get(path)
        assert found is not None
        return found.data

    def offered(self, **fields: Any) -> Outreach:
        """The hour is offered to c1, who has read it."""
        key = address_key(KEY, "whatsapp", PHONE)
        sent = {"status": "read", "attempts": 1, "delivery": {"message_id": "SM1", "sent_at": NOW}}
        variables = {"name": "Cara", "salon": "One", "service": "Cut", "staff": "Mia", "when": "then", "price": "50", "until": "soon"}  # fmt: skip
        made = outreach(**{"customer_phone": PHONE, "address_key": key, "variables": variables, **sent, **fields})
        self.put(made.path, **made.stored())
        return made

    # Who decides.

    def considered(self, *, meanwhile: Callable[[], None] | None = None) -> dict[str, tuple[str, str | None]]:
        """A round is asked: as what everybody came to mind, and why they are not asked. `meanwhile` happens between the
        look at them and the commit that asks."""
        found = Gap.model_validate(self.get("gaps/gap_1"))
        salon, settings = salon_of(self.documents, "s1"), accepted_as(Settings, self.documents)
        context = RoundContext(found, salon, settings, (), self.clock.now(), KEY)
        if meanwhile is not None:
            self._while_the_round_waits(meanwhile)
        ask_round(context, Ask(room=16), documents=self.documents, clock=self.clock)
        decided = list(self.all("autonomous_decisions").values())
        people = [each for decision in decided for each in decision["considered"]]
        return {each["customer_id"]: (each["source"], each["excluded"]) for each in people}

    def _while_the_round_waits(self, meanwhile: Callable[[], None]) -> None:
        self.put("locks/asks", until=self.clock.real() + HOUR)

        def turn(seconds: float) -> None:
            meanwhile()
            self.delete("locks/asks")

        self.clock.sleep = turn  # type: ignore[method-assign]

    def asked(self) -> set[str]:
        return {each["customer_id"] for each in self.all("outreach").values()}

    def yes(self) -> str:
        """c1 takes what they were offered."""
        answer = OfferAnswer(
            "out_1", None, salon_of(self.documents, "s1"), self.documents, self.clock, "answer_message"
        )
        sale = sell_slot(answer, accepted_settings(self.documents))
        return sale.refusal if isinstance(sale, NotSold) else "sold" if isinstance(sale, Sold) else "answered before"

    def second_hour(self, **fields: Any) -> None:
        """Another hour of Mia's is free, two hours later."""
        times = {"start_time": START + 2 * HOUR, "end_time": END + 2 * HOUR, "expires_at": END + 2 * HOUR}
        campaign = {"status": "running", "round": 1}
        self.put(
            "gaps/gap_2", **gap(**{"id": "gap_2", "revision": 1, "campaign": campaign, **times, **fields}).stored()
        )

    def late_yes(self, **fields: Any) -> str:
        """What c1 hears, who took the hour when it was sold, while the second one is free."""
        if self.documents.get("gaps/gap_2") is None:
            self.second_hour()
        self.update("gaps/gap_1", status="filled")
        lost = {"received": True, "action": "slot_taken", "responded_at": NOW, "owed": True}
        self.offered(status="responded", response=lost, **fields)
        return answer_late_yes("out_1", documents=self.documents, clock=self.clock, deployment=DEPLOYMENT)

    def held_back(self, offer: Outreach) -> str | None:
        """Why the offer may not leave now."""
        why = obstacle(
            offer, salon=salon_of(self.documents, "s1"), settings=accepted_settings(self.documents),
            documents=self.documents, signing_key=KEY, now=self.clock.now(),
        )  # fmt: skip
        return why.reason if why is not None else None

    def writes(self, body: str, *, under: str | None = None) -> str:
        """c1 writes that, perhaps under a message of ours, and it is worked on; what came of it."""
        key = address_key(KEY, "whatsapp", PHONE)
        made = Inbound(
            id="SM9", salon_id="s1", created_at=NOW, updated_at=NOW, conversation_id=key, channel="whatsapp",
            account_sid="AC1", sender=PHONE, recipient="+14155238886", body=body, button_payload=None,
            replied_to_sid=under, media_count=0, opt_out=None, received_at=NOW, due_at=None,
        )  # fmt: skip
        self.documents.commit(*create(received(made, now=NOW)))
        return answer_message(
            made.path,
            documents=self.documents,
            platform=self.store.platform(),
            clock=self.clock,
            deployment=DEPLOYMENT,
        )

    def wrote(
        self, ago: timedelta = timedelta(0), *, channel: str = "whatsapp", sender: str = PHONE, answered: bool = False
    ) -> None:
        """c1 wrote something then that only a person can answer, and perhaps one has."""
        key, at = address_key(KEY, channel, sender), self.clock.now() - ago
        if sender != PHONE:
            self.put(identity_path(key), **Identity(channel="whatsapp", writes_as=PHONE).stored())
        made: dict[str, Any] = {"id": "cnv", "salon_id": "s1", "created_at": at, "updated_at": at, "address_key": key}
        made |= {"channel": channel, "customer_ids": ["c1"], "customer_names": ["Cara"], "reason": "needs_a_person"}
        said = Conversation(**made, waiting_since=None if answered else at, lines=[])
        self.put(said.path, **said.stored())

    def told(self) -> list[str]:
        """For which purposes c1 is written to, offers apart."""
        key = address_key(KEY, "whatsapp", PHONE)
        return [each["purpose"] for each in self.all(f"conversations/{key}/messages").values()]
