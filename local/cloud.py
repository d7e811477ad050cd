"""What the local cloud needs of the two clouds it can run on: documents, messages, and word of everything written."""

from collections.abc import Mapping
from typing import Protocol

from local.link import Shared
from shared.ports import Bus, Data

PROJECT = "demo-smart-fill"
TRIGGER_EVENT = "google.cloud.firestore.document.v1."


class Cloud(Protocol):
    """Paths are whole (`salons/s1/bookings/b1`). What is written and published becomes deliveries."""

    name: str
    firestore_host: str | None
    pubsub_host: str | None

    @property
    def bus(self) -> Bus: ...
    def shared(self) -> Mapping[str, Shared]:
        """What its workers need to reach."""
        ...

    def alive(self) -> bool: ...
    def worker_died(self, process: int) -> None: ...

    def get(self, path: str) -> Data | None: ...
    def list(self, collection: str) -> dict[str, Data]: ...
    def below(self, path: str) -> dict[str, Data]:
        """The document at `path` and all below it, by whole path; in memory as they stand at one instant."""
        ...

    def put(self, path: str, data: Data) -> None: ...
    def change(self, path: str, fields: Data) -> bool:
        """False: there is no such document. Dotted names reach into maps; what is not named stays."""
        ...

    def delete(self, path: str) -> None: ...

    def settle(self, timeout: float) -> bool:
        """Returns when everything that was written before the call has become deliveries; False when it did not."""
        ...
