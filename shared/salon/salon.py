"""The salon: the tenant, its hours, whom to ask and how it sends."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzdata
from pydantic import AfterValidator, Field, ValidationError

from shared.records.app_document import Absence, AppDocument
from shared.records.stored import DocumentId, Instant, Stored
from shared.salon.settings import QuietHours
from shared.values.identity import canonical
from shared.values.visible import Name
from shared.values.wall_time import DatedHours, WeeklyHours


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"expected an IANA timezone such as Asia/Kolkata, found {name!r}") from error


@cache
def _countries() -> dict[str, str]:
    """The country (ISO 3166) by zone, as the timezone database has it."""
    table = Path(tzdata.__file__).with_name("zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    return {row.split("\t")[2]: row[:2] for row in table.splitlines() if not row.startswith("#")}


def _known_zone(name: str) -> str:
    zone_named(name)
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


class Contact(Stored):
    """Somebody who decides for the salon. The first owner in the list is asked first."""

    name: Name = ""
    role: Literal["owner", "manager"]
    phone: str | None = None
    email: str | None = None
    push_token: str | None = None
    locale: str | None = None
    quiet_hours: QuietHours | None = None

    @property
    def called(self) -> str:
        return self.name or self.role

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(address for address in (self.phone, self.email, self.push_token) if address)


class Messaging(Stored):
    """The salon's own sending numbers (E.164); a missing one means that channel is not used."""

    account_sid: str | None = None
    whatsapp_from: str | None = None
    sms_from: str | None = None
    messaging_service_sid: str | None = None
    templates: dict[str, dict[str, str]] = {}


class Salon(AppDocument):
    """A `paused` salon asks nobody and decides nothing; its gaps are still kept."""

    name: Name
    organization_id: DocumentId
    status: Literal["active", "paused"] = "active"
    timezone: ZoneName
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    locale: str = "en-IN"
    address: str = ""
    opening_hours: WeeklyHours = {}
    special_hours: DatedHours = {}
    closures: list[Absence] = []
    contacts: list[Contact] = []
    messaging: Messaging = Messaging()
    created_at: Instant | None = None
    updated_at: Instant | None = None

    @classmethod
    def from_document(cls, id: str, data: Mapping[str, Any]) -> Self:
        """Reads a salon. One that names no organization is an organization of its own."""
        return super().from_document(id, {**data, "organization_id": data.get("organization_id") or id})

    @classmethod
    def readable_part(cls, id: str, data: Mapping[str, Any]) -> Self:
        """The salon without the fields that cannot be read. It serves to tell its owner so, and nothing is decided by it."""
        try:
            return cls.from_document(id, data)
        except ValidationError as error:
            broken = {each["loc"][0] for each in error.errors() if each["loc"]}
        kept = {name: value for name, value in data.items() if name not in broken}
        return cls.from_document(id, {"name": id, "timezone": "UTC", "currency": "XXX", **kept})

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.timezone)

    @property
    def country(self) -> str | None:
        """The country (ISO 3166) in which it is: that of its zone, or of its locale where the zone is of none, such as UTC."""
        _, _, region = self.locale.replace("_", "-").partition("-")
        return _countries().get(self.timezone) or (region if re.fullmatch("[A-Z]{2}", region) else None)

    @property
    def place(self) -> str:
        """Where to come to: the salon's name, and its address where that is known."""
        return ", ".join(filter(None, (self.name, self.address)))

    def spoken_to(self, locale: str | None) -> str:
        """The locale in which somebody is spoken to: their own, in the salon's country where it names none, or the salon's."""
        if not locale or re.search("[-_]", locale):
            return locale or self.locale
        return re.sub("^[A-Za-z]+", locale, self.locale)

    def contact_at(self, address: str) -> Contact | None:
        """The contact whose phone, e-mail address or device that is, or None."""
        wanted = canonical(address)
        return next((c for c in self.contacts if wanted in [canonical(a, self.country) for a in c.addresses]), None)

    def date_of(self, instant: datetime) -> date:
        """The date on the salon's wall."""
        return instant.astimezone(self.zone).date()
