"""One JSON line per event on standard output, as Cloud Logging reads it. No field may hold personal data."""

import json
import sys
from typing import Literal

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def line(severity: Severity, message: str, **fields: object) -> None:
    # One write: lines of threads must not mix.
    sys.stdout.write(json.dumps({"severity": severity, "message": message, **fields}, default=str) + "\n")
    sys.stdout.flush()
