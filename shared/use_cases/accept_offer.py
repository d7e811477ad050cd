"""The signed link of an offer: looking changes nothing, answering does what an answer by message does."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.invalid import InvalidEvent
from shared.domain.offer_page import Another, State, page
from shared.domain.outreach import Outreach
from shared.domain.tokens import OfferToken, read, sign
from shared.ports import Clock, Deployment, Documents, Store
from shared.use_cases.answer_message import decline
from shared.use_cases.load_settings import accepted_settings
from shared.use_cases.loading import salon_of
from shared.use_cases.offer_another import another_id
from shared.use_cases.sell_slot import sell_slot


@dataclass(frozen=True)
class Page:
    status: Literal[200, 404]
    state: State
    html: str
    salon_id: str | None = None


def show_offer(token: str, *, store: Store, deployment: Deployment) -> Page:
    found = _offer(token, store, deployment)
    if found is None:
        return _unknown()
    documents, outreach = found
    return _page(_standing(outreach), outreach, documents, deployment)


def answer_offer(
    token: str, answer: Literal["accept", "decline"], *, store: Store, clock: Clock, deployment: Deployment
) -> Page:
    """A second answer through the same link shows what came of the first."""
    found = _offer(token, store, deployment)
    if found is None:
        return _unknown()
    documents, outreach = found
    salon = salon_of(documents, documents.salon_id)
    if answer == "decline":
        decline(outreach.id, salon=salon, documents=documents, clock=clock, said_in=None)
    else:
        sell_slot(
            outreach.id,
            salon=salon,
            settings=accepted_settings(documents),
            documents=documents,
            clock=clock,
            signing_key=deployment.signing_key,
        )
    latest = _again(documents, outreach)
    return _page(_standing(latest), latest, documents, deployment)


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


def _again(documents: Documents, outreach: Outreach) -> Outreach:
    found = documents.get(outreach.path)
    return Outreach.model_validate(found.data) if found else outreach


def _standing(outreach: Outreach) -> State:
    if outreach.status != "responded":
        # An expired offer may still be taken while the time is free; answering finds out.
        return "open"
    action = outreach.response.action
    return "booked" if action == "booked" else "declined" if action in ("declined", "opted_out") else "taken"


def _page(state: State, outreach: Outreach, documents: Documents, deployment: Deployment) -> Page:
    another = _another(outreach, documents, deployment) if state == "taken" else None
    html = page(state, locale=outreach.locale, variables=outreach.variables, another=another)
    return Page(200, state, html, outreach.salon_id)


def _another(lost: Outreach, documents: Documents, deployment: Deployment) -> Another | None:
    found = documents.get(f"outreach/{another_id(lost.id)}")
    offered = Outreach.model_validate(found.data) if found else None
    if offered is None or not offered.is_open:
        return None
    token = sign(deployment.signing_key, OfferToken(offered.salon_id, offered.id, "link"))
    return Another(offered.variables, f"{deployment.public_base_url}/o/{token}")


def _unknown() -> Page:
    return Page(404, "unknown", page("unknown", locale="en", variables={}))
