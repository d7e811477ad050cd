"""One JSON line per event on standard output, as Cloud Logging reads it. No field may hold personal data."""

import json
import sys
from typing import Literal

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def line(severity: Severity, message: str, **fields: object) -> None:
    # One write: lines of threads must not mix.
    sys.stdout.write(json.dumps({"severity": severity, "message": message, **fields}, default=str) + "\n")
    sys.stdout.flush()


def answered(function: str, outcome: str, severity: Severity = "INFO", **fields: object) -> None:
    """What a door made of a request; what it refused leaves this line and nothing else."""
    line(severity, f"{function}: {outcome}", function=function, outcome=outcome, **fields)
