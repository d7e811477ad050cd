"""Where documents are: the one check of every path, and the boundary of a salon, for all adapters.

Paths are made of ids that partly come from outside (links, events, URLs). One that could name something else than a
document of its own salon can never be handled, so it raises InvalidEvent.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from shared.ports import SALON, Due, Found
from shared.records.invalid import InvalidEvent

SALONS = "salons"
MAX_BYTES = 1500
_SEGMENT = r"(?!\.\.?(?:/|\Z))(?!__[^/]*__(?:/|\Z))[^/\x00\ud800-\udfff]+"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")


@dataclass(frozen=True, slots=True)
class Root:
    """What the documents of one salon, or the platform's (salon_id ""), are below."""

    salon_id: str

    def document(self, path: str) -> str:
        """The absolute path of a document named relative to this root."""
        if path == SALON and self.salon_id:
            return f"{SALONS}/{self.salon_id}"
        if _checked(path).count("/") % 2 == 0:
            raise InvalidEvent(f"expected the path of a document (collection/id, ...), found {path!r}")
        return self._below(path)

    def collection(self, path: str) -> str:
        if _checked(path).count("/") % 2 == 1:
            raise InvalidEvent(f"expected the path of a collection, found {path!r}")
        return self._below(path)

    def relative(self, absolute: str) -> str:
        if not self.salon_id:
            return absolute
        return absolute[len(SALONS) + len(self.salon_id) + 2 :] or SALON

    def _below(self, path: str) -> str:
        if self.salon_id:
            return f"{SALONS}/{self.salon_id}/{path}"
        if path.split("/", 1)[0] == SALONS:
            raise InvalidEvent(f"expected a path that belongs to no salon, found {path!r}: open its salon instead")
        return path


PLATFORM = Root("")


def salon(salon_id: str) -> Root:
    if "/" in _checked(salon_id):
        raise InvalidEvent(f"expected a salon's id, found {salon_id!r}")
    return Root(salon_id)


def found(absolute: str) -> Found:
    first, _, rest = absolute.partition("/")
    if first != SALONS:
        return Found(salon_id="", path=absolute)
    root = Root(rest.split("/", 1)[0])
    return Found(root.salon_id, root.relative(absolute))


def due(absolute: str, due_at: datetime) -> Due:
    where = found(absolute)
    return Due(where.salon_id, where.path, due_at)


def absolute(where: Found) -> str:
    return (salon(where.salon_id) if where.salon_id else PLATFORM).document(where.path)


def _checked(path: str) -> str:
    if not isinstance(path, str) or not _PATH.fullmatch(path) or len(path.encode()) > MAX_BYTES:
        shown = repr(path) if len(str(path)) <= 200 else f"{str(path)[:200]!r}..."
        raise InvalidEvent(f"expected a path of plain ids, found {shown}")
    return path
