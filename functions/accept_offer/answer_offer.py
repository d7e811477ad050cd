"""Answers the signed link of an offer. Looking changes nothing; answering does what an answer by message does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypedDict

from functions.accept_offer.offer_page import Another, State, label_of, page
from functions.accept_offer.offer_state import Word, answered, is_news, unanswered
from functions.accept_offer.pass_on_answer import pass_on, words_passed_on
from functions.accept_offer.spoken_duration import spoken_duration
from shared.asking.opt_out import opt_out
from shared.asking.outreach import Outreach, another_id
from shared.asking.spoken_offer import said_now
from shared.customers.consent import Statement, withdrawn
from shared.customers.find_customers import customers_at
from shared.customers.read_consents import ledger_at
from shared.messaging.tokens import OfferToken, read, sign
from shared.ports import Clock, Deployment, Documents, Store
from shared.records.commit import until_committed
from shared.records.invalid import InvalidEvent
from shared.sales.decline_offer import called_off, decline
from shared.sales.mark_answered import mark_answered
from shared.sales.read_offer_answer import OfferAnswer
from shared.sales.sell_slot import refusal_now, sell_slot
from shared.salon.load_salon import salon_of, salon_to_tell
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Salon

ACTOR = "accept_offer"
Answer = Literal["accept", "decline", "stop"]
ANSWERS: Final[dict[str, Answer]] = {"accept": "accept", "decline": "decline", "stop": "stop"}


@dataclass(frozen=True)
class Page:
    status: Literal[200, 404]
    state: State
    html: str
    salon_id: str | None = None


def show_offer(token: str, *, store: Store, clock: Clock, deployment: Deployment) -> Page:
    """The page of the offer as it stands."""
    found = _offer(token, store, deployment)
    if found is None:
        return _unknown()
    documents, outreach = found
    return _page(outreach, documents, clock, deployment)


def answer_offer(token: str, answer: Answer, *, store: Store, clock: Clock, deployment: Deployment) -> Page:
    """Answers an offer, and returns the page that says what came of it. The same answer again shows what came of the first,
    another one is passed on to the salon; to end all offers is never too late."""
    found = _offer(token, store, deployment)
    if found is None:
        return _unknown()
    documents, outreach = found
    if answer == "stop":
        until_committed(lambda: _stop(outreach, documents, clock.now(), deployment) or None, clock=clock)
        return _page(outreach, documents, clock, deployment, just_stopped=True)
    salon = salon_of(documents, documents.salon_id)
    given = OfferAnswer(outreach.id, None, salon, documents, clock, ACTOR)
    if outreach.slot is None:
        mark_answered(given, answer)
    elif answer == "decline":
        decline(given)
    else:
        sell_slot(given, accepted_settings(documents))
    latest = given.offer(documents)
    if latest.status == "responded" and is_news(answer, latest, **_since(latest, documents, deployment)):
        label = label_of(answer, latest.locale, question=latest.slot is None)
        pass_on(answer, latest, label=label, documents=documents, clock=clock, signing_key=deployment.signing_key)
    return _page(latest, documents, clock, deployment)


def _stop(outreach: Outreach, documents: Documents, now: datetime, deployment: Deployment) -> bool:
    country = salon_to_tell(documents, documents.salon_id).country
    customers = customers_at(outreach.customer_phone, outreach.address_key, documents, country)
    ledger = ledger_at(outreach.customer_phone, documents, deployment.signing_key)
    said = Statement(
        identity=outreach.address_key,
        # Pressed twice at once it is one word; pressed after they had begun again it is another.
        said_id=f"{outreach.id} {len(ledger)}",
        salon_id=documents.salon_id,
        customer_ids=[customer.id for customer in customers],
        source="link",
        text="",
        at=now,
    )
    ended = opt_out(said, documents, now=now, actor=ACTOR, known=ledger)
    return not ended or documents.commit(*ended)


def _offer(token: str, store: Store, deployment: Deployment) -> tuple[Documents, Outreach] | None:
    claimed = read(deployment.signing_key, token)
    # A button's token is no link: it was made for a chat that says who taps it.
    if claimed is None or claimed.answer != "link":
        return None
    try:
        documents = store.salon(claimed.salon_id)
        found = documents.get(f"outreach/{claimed.outreach_id}")
    except InvalidEvent:
        return None
    return (documents, Outreach.model_validate(found.data)) if found else None


def _state(outreach: Outreach, given: OfferAnswer, deployment: Deployment, *, stopped: bool) -> State:
    if outreach.status == "responded":
        return answered(outreach, **_since(outreach, given.documents, deployment))
    judged = outreach.slot is not None and not stopped
    refusal = refusal_now(given, accepted_settings(given.documents)) if judged else None
    return unanswered(outreach, stopped=stopped, refusal=refusal)


class _Since(TypedDict):
    called_off: bool
    passed_on: Word | None


def _since(outreach: Outreach, documents: Documents, deployment: Deployment) -> _Since:
    """What has become of an offer since it was answered."""
    words = words_passed_on(outreach, documents, deployment.signing_key)
    off = called_off(outreach.response.booking_id, documents)
    return {"called_off": off, "passed_on": words[-1] if words else None}


def _page(
    outreach: Outreach, documents: Documents, clock: Clock, deployment: Deployment, *, just_stopped: bool = False
) -> Page:
    salon, now = salon_to_tell(documents, documents.salon_id), clock.now()
    stopped = _stopped(outreach, documents, deployment)
    given = OfferAnswer(outreach.id, None, salon, documents, clock, ACTOR)
    state: State = "stopped" if just_stopped else _state(outreach, given, deployment, stopped=stopped)
    html = page(
        state,
        locale=outreach.locale,
        offer=_offered(outreach, salon, now) if outreach.slot else None,
        question=None if outreach.slot else outreach.message,
        another=_another(outreach, salon, documents, deployment, now) if state in ("taken", "late") else None,
        in_time=now < outreach.expires_at,
        may_stop=not stopped,
    )
    return Page(200, state, html, outreach.salon_id)


def _offered(outreach: Outreach, salon: Salon, now: datetime) -> dict[str, str]:
    lasts = outreach.slot.end - outreach.slot.start if outreach.slot else timedelta()
    said = {"place": salon.place, "duration": spoken_duration(lasts, outreach.locale)}
    return {**said_now(outreach, salon, now), **said}


def _stopped(outreach: Outreach, documents: Documents, deployment: Deployment) -> bool:
    """Whether the customer gets no more offers by this channel as it is."""
    ledger = ledger_at(outreach.customer_phone, documents, deployment.signing_key)
    return (outreach.channel, outreach.consent_purpose) in withdrawn(ledger)


def _another(
    lost: Outreach, salon: Salon, documents: Documents, deployment: Deployment, now: datetime
) -> Another | None:
    found = documents.get(f"outreach/{another_id(lost.id)}")
    offered = Outreach.model_validate(found.data) if found else None
    if offered is None or not offered.is_open:
        return None
    token = sign(deployment.signing_key, OfferToken(offered.salon_id, offered.id, "link"))
    return Another(_offered(offered, salon, now), f"{deployment.public_base_url}/o/{token}")


def _unknown() -> Page:
    return Page(404, "unknown", page("unknown", locale="en"))
