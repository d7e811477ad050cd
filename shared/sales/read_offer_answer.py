"""A customer's answer to an offer, and where it is read and carried out."""

from dataclasses import dataclass

from shared.asking.outreach import Outreach
from shared.ports import Clock, Documents, Reader, Snapshot
from shared.salon.salon import Salon


@dataclass(frozen=True)
class OfferAnswer:
    """`said_in` is the path of the inbound message that holds the answer, if one does: the commit of its effect marks that
    message handled. `actor` is the function that carries the answer out."""

    outreach_id: str
    said_in: str | None
    salon: Salon
    documents: Documents
    clock: Clock
    actor: str

    def said(self, reader: Reader) -> Snapshot | None:
        """The inbound message that holds the answer."""
        return reader.get(self.said_in) if self.said_in else None

    def asked(self, reader: Reader) -> Snapshot:
        """The document of the offer as it stands now."""
        found = reader.get(f"outreach/{self.outreach_id}")
        if found is None:
            raise LookupError(f"expected outreach {self.outreach_id}, found none")
        return found

    def offer(self, reader: Reader) -> Outreach:
        """The offer as it stands now."""
        return Outreach.model_validate(self.asked(reader).data)
