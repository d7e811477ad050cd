"""A salon's documents that count what Firestore would bill: a read for each document read (at least one for a query), a
write for each document written, a delete for each deleted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shared.ports import Delete, Documents, Query, Reader, Snapshot, Transaction, Write

T = TypeVar("T")


@dataclass
class Bill:
    reads: int = 0
    writes: int = 0
    deletes: int = 0
    paths: set[str] = field(default_factory=set)
    """What was read or written, each path once."""

    @property
    def operations(self) -> int:
        return self.reads + self.writes + self.deletes

    def read(self, found: Sequence[Snapshot], *, at_least: int) -> None:
        self.reads += max(at_least, len(found))
        self.paths |= {snapshot.path for snapshot in found}

    def written(self, writes: Sequence[Write]) -> None:
        deleted = sum(isinstance(write, Delete) for write in writes)
        self.deletes += deleted
        self.writes += len(writes) - deleted
        self.paths |= {write.path for write in writes}


class _CountedReader:
    def __init__(self, reader: Reader, bill: Bill) -> None:
        self._reader = reader
        self._bill = bill

    def get(self, path: str) -> Snapshot | None:
        found = self._reader.get(path)
        self._bill.read([found] if found else [], at_least=1)
        return found

    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        found = self._reader.get_all(paths)
        self._bill.read(found, at_least=len(paths))
        return found

    def query(self, query: Query) -> list[Snapshot]:
        found = self._reader.query(query)
        self._bill.read(found, at_least=1)
        return found


class CountedDocuments(_CountedReader):
    def __init__(self, documents: Documents, bill: Bill) -> None:
        super().__init__(documents, bill)
        self.salon_id = documents.salon_id
        self._documents = documents

    def commit(self, *writes: Write) -> bool:
        self._bill.written(writes)
        return self._documents.commit(*writes)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return self._documents.transact(lambda transaction: work(_CountedTransaction(transaction, self._bill)))


class _CountedTransaction(_CountedReader):
    def __init__(self, transaction: Transaction, bill: Bill) -> None:
        super().__init__(transaction, bill)
        self._transaction = transaction

    def write(self, *writes: Write) -> None:
        self._bill.written(writes)
        self._transaction.write(*writes)
