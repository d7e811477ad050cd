"""How times spread that were measured again and again."""

from collections.abc import Sequence
from statistics import median, quantiles


def p50_and_p95(times: Sequence[float]) -> tuple[float, float]:
    """Both lie among the times given, and never beyond the longest of them."""
    return median(times), quantiles(times, n=20, method="inclusive")[-1]
