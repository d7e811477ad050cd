"""Writes down that somebody wants no more offers, as one of the salon's own people says for them: it does what their own STOP
would do, and says nothing to them."""

from functions.answer_approval.read_conversations import Talk, gets_no_offers
from shared.asking.opt_out import opt_out
from shared.customers.consent import Statement
from shared.customers.find_customers import customers_at
from shared.customers.read_consents import ledger_at
from shared.ports import Clock, Deployment, Documents
from shared.records.commit import until_committed
from shared.salon.load_salon import salon_to_tell
from shared.values.identity import address_key

ACTOR = "answer_approval"


def opt_out_customer(talk: Talk, *, by: str, documents: Documents, clock: Clock, deployment: Deployment) -> None:
    """Ends all offers to the people at this address. Said again while it stands, nothing is written."""

    def attempt() -> bool | None:
        country = salon_to_tell(documents, documents.salon_id).country
        customers = customers_at(talk.sender, talk.key, documents, country)
        number = customers[0].phone if customers else None
        known = ledger_at(number or talk.sender, documents, deployment.signing_key)
        if gets_no_offers(known):
            return True
        now = clock.now()
        said = Statement(
            # Whom WhatsApp names by a user id only is asked at their number.
            identity=address_key(deployment.signing_key, "whatsapp", number) if number else talk.key,
            # The same for two who press at once, and another when they have begun again since.
            said_id=f"owner {len(known)}",
            salon_id=documents.salon_id,
            customer_ids=[customer.id for customer in customers],
            source="owner",
            text="",
            at=now,
            by=by,
        )
        return documents.commit(*opt_out(said, documents, now=now, actor=ACTOR, known=known)) or None

    until_committed(attempt, clock=clock)
