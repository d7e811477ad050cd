"""Loads the settings that a salon is run by: the last accepted version, never what somebody just wrote into
`settings/current`."""

from typing import TypeVar

from shared.ports import Reader
from shared.salon.settings import SalonSettings

CURRENT = "settings/current"
ACCEPTED = "settings/accepted"

S = TypeVar("S", bound=SalonSettings)


def version_path(version: int) -> str:
    return f"settings/v{version}"


def accepted_settings(documents: Reader) -> SalonSettings:
    """The settings in force, without the sections that belong to one function."""
    return accepted_as(SalonSettings, documents)


def accepted_as(settings: type[S], documents: Reader) -> S:
    """The settings in force with the sections that these have; the defaults when none were accepted yet."""
    pointer = documents.get(ACCEPTED)
    if pointer is None:
        return settings()
    accepted = documents.get(version_path(pointer.data["version"]))
    if accepted is None:
        raise LookupError(f"expected {version_path(pointer.data['version'])}, which {ACCEPTED} names, found none")
    return settings.accepted(accepted.data)
