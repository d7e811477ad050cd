"""A customer, as the booking app knows them. Their scores are ours (customer_scores)."""

from decimal import Decimal
from typing import Literal, Self

from shared.records.app_document import AppDocument, Count, Minutes
from shared.records.stored import DocumentId, Instant, Money, Stored
from shared.salon.salon import ZoneName
from shared.values.identity import canonical, dialled
from shared.values.visible import Name

LoyaltyTier = Literal["standard", "bronze", "silver", "gold", "platinum"]
ConsentChannel = Literal["whatsapp", "sms", "voice"]
ConsentPurpose = Literal["marketing", "service"]


class Consent(Stored):
    marketing: bool = False
    service: bool = False


class Consents(Stored):
    """What is absent was not consented to."""

    whatsapp: Consent = Consent()
    sms: Consent = Consent()
    voice: Consent = Consent()

    def allows(self, channel: ConsentChannel, purpose: ConsentPurpose) -> bool:
        consent: Consent = getattr(self, channel)
        allowed: bool = getattr(consent, purpose)
        return allowed


class Customer(AppDocument):
    """`locale` and `timezone` are null where they are the salon's. Two customers may share a phone, and one person may
    be two customers."""

    name: Name
    phone: str | None = None
    email: str | None = None
    locale: str | None = None
    timezone: ZoneName | None = None
    loyalty_tier: LoyaltyTier = "standard"
    lifetime_value: Money = Decimal(0)
    visit_count: Count = 0
    preferred_staff_ids: list[DocumentId] = []
    preferred_service_ids: list[DocumentId] = []
    minimum_notice_minutes: Minutes = 45
    sooner_opt_in: bool = False
    blocked: bool = False
    open_complaint: bool = False
    is_staff: bool = False
    created_at: Instant | None = None
    consents: Consents = Consents()

    def dialled_in(self, country: str | None) -> Self:
        """The customer of a salon in that country with the phone by which they are reached, or none where it cannot be read."""
        return self.changed(phone=dialled(self.phone, country)) if self.phone else self

    @property
    def address(self) -> str | None:
        """Their phone in the form in which addresses are compared. Only that of a customer as `dialled_in` is known by it."""
        return canonical(self.phone) if self.phone else None
