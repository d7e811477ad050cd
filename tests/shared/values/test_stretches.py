from datetime import UTC, datetime, timedelta
from itertools import pairwise

import portion
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.records.stored import Stored
from shared.values.stretches import StoredStretch, Stretch, common, merged, without

START = datetime(2026, 11, 23, tzinfo=UTC)


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


minutes = st.integers(0, 60)
stretches = st.lists(st.builds(lambda a, b: Stretch(minute(a), minute(b)), minutes, minutes), max_size=8)


def as_portion(parts: list[Stretch]) -> portion.Interval:
    return portion.Interval(*(portion.closedopen(start, end) for start, end in parts))


def from_portion(interval: portion.Interval) -> list[Stretch]:
    return [Stretch(part.lower, part.upper) for part in interval if not part.empty]


@given(stretches)
def test_merged_time_is_the_same_time_in_sorted_stretches_that_do_not_touch(parts: list[Stretch]):
    whole = merged(parts)
    assert whole == from_portion(as_portion(parts))
    assert all(one.end < other.start for one, other in pairwise(whole))


@given(stretches, stretches)
def test_what_remains_is_the_difference(parts: list[Stretch], taken: list[Stretch]):
    assert without(parts, taken) == from_portion(as_portion(parts) - as_portion(taken))


@given(stretches, stretches)
def test_common_time_is_the_intersection(one: list[Stretch], other: list[Stretch]):
    assert common(one, other) == from_portion(as_portion(one) & as_portion(other))


def test_stretches_that_touch_do_not_overlap():
    assert not Stretch(minute(0), minute(5)).overlaps(Stretch(minute(5), minute(9)))


class Holder(Stored):
    part: StoredStretch


def test_a_stretch_is_stored_as_a_map_and_read_back():
    holder = Holder(part=Stretch(minute(1), minute(2)))
    assert holder.stored() == {"part": {"start": minute(1), "end": minute(2)}}
    assert Holder.model_validate(holder.stored()) == holder


@pytest.mark.parametrize(
    "part",
    [
        {"start": minute(2), "end": minute(1)},
        {"start": minute(1)},
        {"start": "2026-11-23T00:00:00Z", "end": minute(1)},
        {"start": minute(0), "end": "2026-11-23T23:00:00Z"},
        {"start": datetime(2026, 11, 23), "end": minute(1)},  # noqa: DTZ001 - the naive datetime is the point
        7,
    ],
)
def test_what_is_no_stretch_does_not_parse(part: object):
    with pytest.raises(ValidationError):
        Holder.model_validate({"part": part})
