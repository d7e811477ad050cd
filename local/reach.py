"""Which Firestore a command looks into: a project of the cloud, or the emulator of a running local cloud."""

import argparse
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore

from local.clock import LocalClock
from local.documents import parse_instant
from shared.adapters import clock
from shared.adapters.firestore import FirestoreDocuments, FirestoreStore
from shared.ports import SALON, Clock

ASK_SECONDS = 30.0


class NotReached(Exception):
    """There is nothing to look into; says what was expected and what was found."""


@dataclass(frozen=True)
class Reached:
    store: FirestoreStore
    clock: Clock

    def salon(self, salon_id: str) -> FirestoreDocuments:
        """Raises NotReached where there is none: whoever asked mistyped it."""
        documents = self.store.salon(salon_id)
        if documents.get(SALON) is None:
            raise NotReached(f"expected a salon {salon_id}, found none")
        return documents


def add_where(parser: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    """One of them must be named; a command that knows more ways adds them."""
    parser.add_argument("--salon", required=True, help="the salon's id")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--project", help="of Google Cloud, with your own credentials; FIRESTORE_DATABASE names its database"
    )
    where.add_argument("--info", type=Path, help="the file that a local cloud on the emulators wrote (up --info FILE)")
    return where


def reached(options: argparse.Namespace) -> Reached:
    if options.project:
        return Reached(_store(options.project), clock.clock())
    try:
        known = json.loads(options.info.read_text())
        project, host, base_url = str(known["project"]), known["firestore_emulator_host"], str(known["base_url"])
    except (OSError, ValueError, KeyError) as error:
        raise NotReached(f"expected {options.info} to be written by a running local cloud, found {error!r}") from None
    if host is None:
        raise NotReached(f"expected {options.info} to be of a cloud on the emulators, found one in memory")
    os.environ["FIRESTORE_EMULATOR_HOST"] = host
    return Reached(_store(project), LocalClock(_Asked(base_url)))


def _store(project: str) -> FirestoreStore:
    try:
        return FirestoreStore(firestore.Client(project=project, database=os.environ.get("FIRESTORE_DATABASE") or None))
    except GoogleAuthError as error:
        raise NotReached(f"expected credentials for {project}, found none: {error}") from None


class _Asked:
    """The business time of a local cloud."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def now(self) -> datetime:
        try:
            with urlopen(f"{self._base_url}/local/clock", timeout=ASK_SECONDS) as answer:
                return parse_instant(json.load(answer)["now"])
        except OSError as error:
            raise NotReached(f"expected a running local cloud at {self._base_url}, found {error}") from None
