"""Which Firestore a command looks into: a project of the cloud, or the emulator of a running local cloud."""

import argparse
import json
import os
from pathlib import Path

from google.auth.exceptions import GoogleAuthError
from google.cloud import firestore

from shared.adapters.firestore import FirestoreStore


class NotReached(Exception):
    """There is nothing to look into; says what was expected and what was found."""


def add_where(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--project", help="of Google Cloud, with your own credentials; FIRESTORE_DATABASE names its database"
    )
    where.add_argument("--info", type=Path, help="the file that a local cloud on the emulators wrote (up --info FILE)")


def reached(options: argparse.Namespace) -> FirestoreStore:
    project = options.project or _of_local_cloud(options.info)
    try:
        return FirestoreStore(firestore.Client(project=project, database=os.environ.get("FIRESTORE_DATABASE") or None))
    except GoogleAuthError as error:
        raise NotReached(f"expected credentials for {project}, found none: {error}") from None


def _of_local_cloud(info: Path) -> str:
    try:
        known = json.loads(info.read_text())
        project, host = str(known["project"]), known["firestore_emulator_host"]
    except (OSError, ValueError, KeyError) as error:
        raise NotReached(f"expected {info} to be written by a running local cloud, found {error!r}") from None
    if host is None:
        raise NotReached(
            f"expected {info} to be of a cloud on the emulators, found one in memory: it can only be asked"
        )
    os.environ["FIRESTORE_EMULATOR_HOST"] = host
    return project
