"""The body of a Pub/Sub message: JSON, with instants as RFC 3339."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.ports import Data


def encode(body: Data) -> bytes:
    return json.dumps(body, default=_instant, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()


def _instant(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"expected a body of JSON values and instants with a timezone, found {type(value).__name__}")
