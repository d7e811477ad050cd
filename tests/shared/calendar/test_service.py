"""How long a service takes, and which processing cannot be."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.calendar.service import Processing, Service

MINUTE = timedelta(minutes=1)


def service(**fields: Any) -> Service:
    return Service(**{"id": "colour", "name": "Colour", "duration_minutes": 90, "price": Decimal(80), **fields})


def test_a_service_needs_its_buffers_too() -> None:
    found = service(
        buffer_before_minutes=5, buffer_after_minutes=10, processing=Processing(after_minutes=30, minutes=40)
    )
    assert found.needed_minutes == 105
    assert (found.buffer_before, found.duration, found.buffer_after) == (5 * MINUTE, 90 * MINUTE, 10 * MINUTE)
    assert found.processing is not None
    assert (found.processing.after, found.processing.duration) == (30 * MINUTE, 40 * MINUTE)


@pytest.mark.parametrize(("after", "minutes", "fits"), [(50, 40, True), (0, 90, True), (50, 41, False), (91, 0, False)])
def test_processing_lies_within_its_service(after: int, minutes: int, fits: bool) -> None:
    processing = Processing(after_minutes=after, minutes=minutes)
    if fits:
        assert service(processing=processing).processing == processing
        return
    told = f"expected processing of service colour within its 90 minutes, found {minutes} minutes after {after}"
    with pytest.raises(ValidationError) as refused:
        service(processing=processing)
    assert [each["msg"] for each in refused.value.errors()] == [f"Value error, {told}"]


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"duration_minutes": 0}, False),
        ({"duration_minutes": 1}, True),
        ({"price": Decimal(-1)}, False),
        ({"price": Decimal(0)}, True),
        ({"margin": -0.1}, False),
        ({"margin": 0}, True),
        ({"margin": 1}, True),
        ({"margin": 1.1}, False),
    ],
)
def test_what_a_service_may_take_and_earn(fields: dict[str, Any], taken: bool) -> None:
    if taken:
        assert service(**fields)
        return
    with pytest.raises(ValidationError):
        service(**fields)
