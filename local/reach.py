"""Which salon's documents a command looks into: a project's of the cloud, or those of a running local cloud."""

import argparse
import json
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore

from local import documents
from local.clock import LocalClock
from local.front import Front, NotReached
from local.memory.memory import MemoryDatabase, MemoryDocuments, MemoryStore
from shared.adapters import clock, paths
from shared.adapters.firestore import FirestoreDocuments, FirestoreStore
from shared.ports import SALON, Clock, Data, Documents

EMULATOR = "FIRESTORE_EMULATOR_HOST"
CONNECT_SECONDS = 3.0


class Reached(Protocol):
    @property
    def documents(self) -> Documents:
        """Of a cloud in memory, a copy: what is written there is written nowhere else."""
        ...

    @property
    def clock(self) -> Clock: ...
    def at_one_instant(self, collections: Sequence[str]) -> Iterable[tuple[str, Data]]:
        """Whole collections as they stood together, as (path, document); `a/*/b` is the collection b below each a."""
        ...


class InFirestore:
    def __init__(self, found: FirestoreDocuments, now: Clock) -> None:
        self.documents = found
        self.clock = now
        if found.get(SALON) is None:
            raise NotReached(f"expected a salon {found.salon_id}, found none")

    def at_one_instant(self, collections: Sequence[str]) -> Iterator[tuple[str, Data]]:
        return ((each.path, each.data) for each in self.documents.at_one_instant(collections))


class Copied:
    """The documents of one salon as they stood when this was made."""

    def __init__(self, front: Front, salon_id: str) -> None:
        front.now()
        self.clock = LocalClock(front)
        self._below = {
            path: documents.from_json(data) for path, data in front.below(f"{paths.SALONS}/{salon_id}").items()
        }
        database = MemoryDatabase()
        for path, data in self._below.items():
            database.commit([documents.put(path, data)])
        self.documents: MemoryDocuments = MemoryStore(database).salon(salon_id)
        if self.documents.get(SALON) is None:
            raise NotReached(f"expected a salon {salon_id}, found none")

    def at_one_instant(self, collections: Sequence[str]) -> Iterator[tuple[str, Data]]:
        for whole, data in self._below.items():
            path = paths.found(whole).path
            collection = path.split("/")[:-1]
            if "/".join(name if number % 2 == 0 else "*" for number, name in enumerate(collection)) in collections:
                yield path, data


def add_where(parser: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    """One of them must be named; a command that knows more ways adds them."""
    parser.add_argument("--salon", required=True, help="the salon's id")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--project", help="of Google Cloud, with your own credentials; FIRESTORE_DATABASE names its database"
    )
    where.add_argument("--info", type=Path, help="the file that a running local cloud wrote (up --info FILE)")
    return where


def reached(options: argparse.Namespace) -> Reached:
    """Raises NotReached, within seconds, also where there is no such salon: whoever asked mistyped it."""
    if options.project:
        return InFirestore(_firestore(options.project, options.salon), clock.clock())
    try:
        known = json.loads(options.info.read_text())
        project, host, base_url = str(known["project"]), known["firestore_emulator_host"], str(known["base_url"])
    except FileNotFoundError:
        raise NotReached(f"expected {options.info} of a running local cloud, found no such file") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise NotReached(f"expected {options.info} to be written by a running local cloud, found it is not") from None
    front = Front(base_url, f"a local cloud {'on the emulators' if host else 'in memory'}")
    if host is None:
        return Copied(front, options.salon)
    front.now()
    os.environ[EMULATOR] = host
    return InFirestore(_firestore(project, options.salon), LocalClock(front))


def _firestore(project: str, salon_id: str) -> FirestoreDocuments:
    if host := os.environ.get(EMULATOR):
        # Google's library would wait for minutes.
        name, _, port = host.rpartition(":")
        try:
            socket.create_connection((name, int(port)), CONNECT_SECONDS).close()
        except (OSError, ValueError):
            raise NotReached(f"expected Firestore's emulator, nothing answers at {host} ({EMULATOR})") from None
    try:
        client = firestore.Client(project=project, database=os.environ.get("FIRESTORE_DATABASE") or None)
    except GoogleAuthError as error:
        raise NotReached(f"expected credentials for {project}, found none: {error}") from None
    return FirestoreStore(client).salon(salon_id)
