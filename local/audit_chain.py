"""Whether the chains of a salon's audit records hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from shared.records.audit import AuditRecord


@dataclass(frozen=True)
class _Link:
    """What of a record its chain is made of."""

    revision: int
    hash: str
    previous_hash: str | None
    created_at: datetime


DELETED_WITHIN = timedelta(days=7)
"""By then after its keeping time a document is gone; most are within a day."""


@dataclass(frozen=True)
class AgedOut:
    """What may have been deleted because it was kept long enough. `kept` says for how long, by resource type, and as
    `audit_log` for the records themselves."""

    now: datetime
    kept: Mapping[str, timedelta]

    def may_be_gone(self, type_: str, created_at: object) -> bool:
        return type_ in self.kept and isinstance(created_at, datetime) and created_at < self.now - self.kept[type_]

    def lived_since(self, type_: str, seen: datetime) -> datetime:
        """The earliest instant at which a document that is deleted by now, and still stood at `seen`, can have been written."""
        return seen - self.kept[type_] - DELETED_WITHIN


NOTHING_AGED_OUT: Final = AgedOut(datetime.max.replace(tzinfo=UTC), {})


def broken_links(
    records: Iterable[AuditRecord], documents: Iterable[Mapping[str, Any]], *, aged_out: AgedOut = NOTHING_AGED_OUT
) -> list[str]:
    """Where the chains do not hold, in words; empty when they do. `documents` are all state documents, as stored, of the
    salon whose `records` these are. Finds a record that was changed, is missing or stands elsewhere, and a document whose
    `revision` or `audit_head` is not that of its last record. What retention may have deleted is not missed: the beginning
    of a chain, other records that are old enough, the document.

    The hashes are of the records, and each is held only by what follows it. So it cannot see that another field of a document
    was changed in place; that a record was changed whose follower has gone by its age; that of a chain whose document has gone
    by its age the last record was changed, or the last ones are missing; that a document and all its records are gone
    together; nor anything of a record that is in no chain."""
    may_be_gone = aged_out.may_be_gone
    chains: dict[tuple[str, str], list[_Link]] = defaultdict(list)
    for record in records:
        if record.revision is not None:
            link = _Link(record.revision, record.hash, record.previous_hash, record.created_at)
            chains[record.resource_type, record.resource_id].append(link)
    for chain in chains.values():
        chain.sort(key=lambda link: link.revision)
    ends = {(name[1], link.hash): name for name, chain in chains.items() for link in chain}
    told = {id for _, id in chains}
    broken: list[str] = []
    born: dict[tuple[str, str], object] = {}
    headless: dict[str, list[object]] = defaultdict(list)
    """By id, of each document whose last record is not there: when it was made."""
    for document in documents:
        id, revision, head = document.get("id"), document.get("revision"), document.get("audit_head")
        name = ends.get((str(id), str(head)))
        if name is None:
            # The last record is the last to be deleted.
            if id in told or not may_be_gone("audit_log", document.get("updated_at")):
                broken.append(f"{id}: expected a record with the hash {head}, found none")
            headless[str(id)].append(document.get("created_at"))
            continue
        born[name] = document.get("created_at")
        last = chains[name][-1]
        if (last.revision, last.hash) != (revision, head):
            broken.append(
                f"{id}: expected its last record to be {revision} ({head}), found {last.revision} ({last.hash})"
            )
    for id, made in headless.items():
        born |= dict(zip((name for name in sorted(chains) if name[1] == id and name not in born), made, strict=False))
    for (type_, id), chain in sorted(chains.items()):
        first = chain[0]
        deleted = (type_, id) not in born and may_be_gone(type_, first.created_at)
        if (type_, id) not in born and not deleted:
            broken.append(f"{type_} {id}: expected a document at the end of its records, found none")
        began = aged_out.lived_since(type_, first.created_at) if deleted else born.get((type_, id))
        begins_at = first.revision if may_be_gone("audit_log", began) else 1
        pairs = list(pairwise(chain))
        # Records that may go do not go in their order.
        holes = [
            after
            for before, after in pairs
            if after.revision <= before.revision
            or (after.revision > before.revision + 1 and not may_be_gone("audit_log", before.created_at))
        ]
        if holes or first.revision != begins_at:
            found = [link.revision for link in chain]
            broken.append(
                f"{type_} {id}: expected revisions {begins_at} to {begins_at + len(chain) - 1}, found {found}"
            )
        follows: list[tuple[str | None, _Link]] = [(None, first)] if first.revision == 1 else []
        follows += [(before.hash, after) for before, after in pairs if after.revision == before.revision + 1]
        broken += [
            f"{type_} {id}: expected revision {link.revision} to follow {before}, found {link.previous_hash}"
            for before, link in follows
            if link.previous_hash != before
        ]
    return broken
