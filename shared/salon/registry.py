"""Which salons there are, so that nobody has to read them all to find out: sixteen documents, each with its share."""

import hashlib
from typing import Final, Literal

from shared.records.stored import Stored

SHARDS: Final = 16


class Entry(Stored):
    status: Literal["active", "paused"]


class Registry(Stored):
    """`registry/{shard}`: salon id -> entry."""

    salons: dict[str, Entry]

    def having(self, salon_id: str, entry: Entry | None) -> "Registry":
        """The registry with this entry for the salon, or without the salon where there is none."""
        others = {other: kept for other, kept in self.salons.items() if other != salon_id}
        return Registry(salons={**others, salon_id: entry} if entry else others)


def shard_of(salon_id: str) -> str:
    """The shard that this salon is registered in: the same in every process and release."""
    return f"{int.from_bytes(hashlib.blake2b(salon_id.encode(), digest_size=4).digest()) % SHARDS:02}"


def registry_path(shard: str) -> str:
    return f"registry/{shard}"
