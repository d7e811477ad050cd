import inspect
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from functions.apply_settings import refusal
from functions.apply_settings.sections import AllSettings


def reasons(data) -> tuple[str, ...]:
    with pytest.raises(ValidationError) as refused:
        AllSettings.merged(data)
    return tuple(reason.sentence() for reason in refusal.reasons(AllSettings, refused.value))


LIVE = ("gap_fill_agent", "no_show_prevention_agent", "waitlist_agent", "retention_agent", "upsell_agent")
DEFAULTS = {
    "version": 0,
    "mode": "dry_run",
    "agent_modes": dict.fromkeys(LIVE, "live"),
    "gap": {
        "min_gap_minutes": 30, "minimum_notice_minutes": 30, "horizon_days": 14, "settle_seconds": 90,
        "no_show_grace_minutes": 20, "fill_idle": "waitlist", "peak_hours": ["10:00", "19:00"],
    },
    "offers": {
        "target_fill_probability": 0.73, "max_wave_size": 8, "max_disappointed": 1.5, "max_asks_per_gap": 16,
        "candidate_pool": 40, "round_minutes": 10, "response_deadline_minutes": 30, "min_acceptance_probability": 0.015,
    },
    "discounts": {
        "max_auto_percent": 20, "max_supervised_percent": 35, "later_round_percent": 0, "daily_budget": 0,
    },
    "autonomy": {
        "gap_fill": "full_auto", "no_show_prevention": "full_auto", "waitlist_promotion": "full_auto",
        "discount_offer": "supervised", "dynamic_pricing": "supervised", "vip_offers": "supervised",
        "retention": "full_auto", "upsell": "full_auto",
    },
    "approval_amount": None,
    "limits": {
        "hourly_actions": 20, "daily_actions": 100, "per_customer_hourly": 1, "per_customer_daily": 3,
        "marketing_per_customer_weekly": 3, "marketing_hours_between": 24, "whatsapp_recipients_24h": 250,
    },
    "quiet_hours": {"start": "20:30", "end": "09:00"},
    "approval_ttl_minutes": 60,
    "circuit_breaker": {"error_threshold": 5, "cooldown_minutes": 5, "half_open_attempts": 1, "auto_recovery": True},
    "measurement": {"holdout_percent": {"gap_fill": 0.0, "retention": 10.0, "upsell": 10.0, "confirmation": 10.0}},
}  # fmt: skip
DAY = 24 * 60
RANGES: dict[str, tuple[float, float | None]] = {
    "gap.min_gap_minutes": (5, DAY),
    "gap.minimum_notice_minutes": (0, DAY),
    "gap.horizon_days": (1, 90),
    "gap.settle_seconds": (0, 3600),
    "gap.no_show_grace_minutes": (0, 240),
    "offers.target_fill_probability": (0.01, 0.999),
    "offers.max_wave_size": (1, 50),
    "offers.max_disappointed": (0, 50),
    "offers.max_asks_per_gap": (1, 200),
    "offers.candidate_pool": (1, 200),
    "offers.round_minutes": (1, DAY),
    "offers.response_deadline_minutes": (1, DAY),
    "offers.min_acceptance_probability": (0, 1),
    "discounts.max_auto_percent": (0, 100),
    "discounts.max_supervised_percent": (0, 100),
    "discounts.later_round_percent": (0, 100),
    "discounts.daily_budget": (0, None),
    "approval_amount": (0, None),
    "limits.hourly_actions": (0, 1000),
    "limits.daily_actions": (0, 10000),
    "limits.per_customer_hourly": (0, 50),
    "limits.per_customer_daily": (0, 50),
    "limits.marketing_per_customer_weekly": (0, 100),
    "limits.marketing_hours_between": (0, 168),
    "limits.whatsapp_recipients_24h": (0, 2000),
    "approval_ttl_minutes": (1, DAY),
    "circuit_breaker.error_threshold": (1, 100),
    "circuit_breaker.cooldown_minutes": (0, DAY),
    "circuit_breaker.half_open_attempts": (1, 20),
    "measurement.holdout_percent.gap_fill": (0, 100),
    "measurement.holdout_percent.retention": (0, 100),
    "measurement.holdout_percent.upsell": (0, 100),
    "measurement.holdout_percent.confirmation": (0, 100),
}


def setting(name: str, value: object) -> dict[str, object]:
    first, _, rest = name.partition(".")
    return {first: setting(rest, value) if rest else value}


def named(settings: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each single setting by its dotted name."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from named(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


WITH: dict[tuple[str, float], dict[str, float]] = {
    ("discounts.max_auto_percent", 100): {"max_supervised_percent": 100},
    ("discounts.max_supervised_percent", 0): {"max_auto_percent": 0},
    ("discounts.later_round_percent", 100): {"max_supervised_percent": 100},
}
"""What else has to be said for the end of a range not to contradict its neighbours."""


@pytest.mark.parametrize("name", RANGES)
def test_a_number_is_taken_up_to_both_ends_of_its_range_and_not_beyond(name: str):
    least, most = RANGES[name]
    section, _, field = name.rpartition(".")
    step = 0.001 if isinstance(least, float) or name == "offers.max_disappointed" else 1
    for end in (least, *([] if most is None else [most])):
        beside = WITH.get((name, end))
        assert AllSettings.merged({section: {field: end, **beside}} if beside else setting(name, end))
    assert f"{name}: expected at least {least}" in reasons(setting(name, least - step))[0]
    if most is not None:
        assert f"{name}: expected at most {most}" in reasons(setting(name, most + step))[0]


def test_every_number_has_its_range():
    numbers = {
        name for name, value in named(DEFAULTS) if isinstance(value, int | float) and not isinstance(value, bool)
    }
    assert numbers | {"approval_amount"} == set(RANGES) | {"version"}


def test_no_two_functions_call_a_section_alike():
    sections = [name for room in AllSettings.__bases__ for name in inspect.get_annotations(room)]
    assert len(sections) == len({*sections})


def test_a_salon_that_sets_nothing_is_on_dry_run_with_the_defaults():
    settings = AllSettings.merged({})
    assert settings == AllSettings()
    assert settings.model_dump() == DEFAULTS


def test_one_setting_changes_and_its_neighbours_keep_their_defaults():
    settings = AllSettings.merged({"mode": "live", "gap": {"settle_seconds": 0}, "discounts": {"daily_budget": 99.5}})
    assert (settings.gap.settle_seconds, settings.gap.min_gap_minutes) == (0, 30)
    assert settings.discounts.daily_budget == Decimal("99.5")
    assert settings.limits == AllSettings().limits


def test_a_misspelt_setting_is_an_error_that_names_it_and_the_one_probably_meant():
    (reason,) = reasons({"gap": {"settle_second": 30}})
    assert reason == "gap.settle_second: expected a setting we know (did you mean settle_seconds?), found 30"
    assert reasons({"gap.settle_seconds": 30})[0].startswith("gap.settle_seconds: expected a setting we know")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"gap": {"settle_seconds": 3601}}, "gap.settle_seconds: expected at most 3600, found 3601"),
        ({"offers": {"max_wave_size": 0}}, "offers.max_wave_size: expected at least 1, found 0"),
        ({"offers": {"max_wave_size": "8"}}, "offers.max_wave_size: expected a whole number, found '8'"),
        ({"offers": {"max_wave_size": True}}, "offers.max_wave_size: expected a whole number, found True"),
        (
            {"offers": {"target_fill_probability": 1}},
            "offers.target_fill_probability: expected at most 0.999, found 1",
        ),
        (
            {"limits": {"marketing_hours_between": 169}},
            "limits.marketing_hours_between: expected at most 168, found 169",
        ),
        ({"gap": None}, "gap: expected a map, found None"),
        ({"mode": "on"}, "mode: expected 'dry_run' or 'live', found 'on'"),
        (
            {"quiet_hours": {"start": "9pm"}},
            'quiet_hours.start: expected a time of day from "00:00" to "23:59", found \'9pm\'',
        ),
        (
            {"quiet_hours": {"start": "09:00"}},
            "quiet_hours: expected quiet hours to end at another time than they start, found 09:00",
        ),
    ],
)
def test_a_refused_setting_is_told_in_a_sentence(data, reason):
    assert reasons(data) == (reason,)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}},
         "quiet_hours: expected quiet hours to end at another time than they start, found 22:00"),
        ({"gap": {"peak_hours": ["19:00", "10:00"]}},
         "gap: expected peak_hours to end after they start, found 19:00 to 10:00"),
        ({"gap": {"minimum_notice_minutes": 1440, "horizon_days": 1}},
         "gap: expected minimum_notice_minutes to end within horizon_days, found 1440 and 1"),
        ({"discounts": {"max_auto_percent": 50, "max_supervised_percent": 10}},
         "discounts: expected max_auto_percent to be at most max_supervised_percent, found 50 and 10"),
        ({"discounts": {"max_supervised_percent": 19.5}},
         "discounts: expected max_auto_percent to be at most max_supervised_percent, found 20 and 19.5"),
        ({"discounts": {"later_round_percent": 36}},
         "discounts: expected later_round_percent to be at most max_supervised_percent, above which no discount is given, "
         "found 36 and 35"),
    ],
)  # fmt: skip
def test_settings_that_contradict_each_other_are_refused_by_name(data: dict[str, Any], reason: str) -> None:
    assert reasons(data) == (reason,)


@pytest.mark.parametrize(
    "data",
    [
        {"gap": {"minimum_notice_minutes": 1439, "horizon_days": 1}},
        {"discounts": {"max_auto_percent": 10, "max_supervised_percent": 10}},
        {"discounts": {"later_round_percent": 35}},
        {"limits": {"hourly_actions": 50, "daily_actions": 3, "per_customer_hourly": 3, "per_customer_daily": 1}},
        {"offers": {"max_wave_size": 20, "max_asks_per_gap": 5, "candidate_pool": 3}},
    ],
)
def test_limits_of_which_one_is_stricter_are_no_contradiction(data: dict[str, Any]) -> None:
    """Each holds by itself, so the stricter one decides."""
    assert AllSettings.merged(data)


INFINITE = float("inf")
TIME = 'expected a time of day from "00:00" to "23:59"'
UNKNOWN = "expected a setting we know"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("offers.max_disappointed", "1", "expected a number, found '1'"),
        ("offers.max_disappointed", True, "expected a number, found True"),
        ("offers.max_disappointed", INFINITE, "expected a finite number, found inf"),
        ("approval_amount", "10", "expected a number, found '10'"),
        ("approval_amount", True, "expected a number, found True"),
        ("approval_amount", INFINITE, "expected a finite number, found Decimal('Infinity')"),
        ("approval_amount", -1, "expected at least 0, found -1"),
        ("discounts.daily_budget", None, "expected a number, found None"),
        ("limits.whatsapp_recipients_24h", "many", "expected a whole number, found 'many'"),
        ("limits.whatsapp_recipients_24h", 2.5, "expected a whole number, found 2.5"),
        ("limits.whatsapp_recipients_24h", 2001, "expected at most 2000, found 2001"),
        ("circuit_breaker.auto_recovery", 1, "expected true or false, found 1"),
        ("gap.fill_idle", True, "expected 'waitlist', 'all' or 'none', found True"),
        ("autonomy.gap_fill", "auto", "expected 'full_auto', 'supervised' or 'manual_only', found 'auto'"),
        ("gap.peak_hours", "10:00", "expected a list of two times, found '10:00'"),
        ("gap.peak_hours.1", ["10:00"], "expected a list of two times, found ('10:00',)"),
        ("gap.peak_hours", ["1", "2", "3"], "expected a list of two times, found ('1', '2', '3')"),
        ("gap.peak_hours.1", ["10:00", "9"], f"{TIME}, found '9'"),
        ("gap.peak_hours.0", [600, "19:00"], f"{TIME}, found 600"),
        ("gap", {"peak_hours": ["10:00", "10:00"]}, "expected peak_hours to end after they start, found 10:00 to 10:00"),
        ("quiet_hours.start", "24:00", f"{TIME}, found '24:00'"),
        ("quiet_hours.start", "20:60", f"{TIME}, found '20:60'"),
        ("quiet_hours.end", 9, f"{TIME}, found 9"),
        ("gap", [], "expected a map, found []"),
        ("zzz", 1, f"{UNKNOWN}, found 1"),
        ("gap.zzz", 1, f"{UNKNOWN}, found 1"),
        ("gap.updated_at", 1, f"{UNKNOWN}, found 1"),
        ("gap.settle", 1, f"{UNKNOWN} (did you mean settle_seconds?), found 1"),
        ("autonomi", {}, f"{UNKNOWN} (did you mean autonomy?), found {{}}"),
        ("agent_modes.gap_fil_agent", "live", f"{UNKNOWN} (did you mean gap_fill_agent?), found 'live'"),
        ("mode", 56 * "x", f"expected 'dry_run' or 'live', found '{56 * 'x'}'"),
        ("mode", 58 * "x", f"expected 'dry_run' or 'live', found '{58 * 'x'}'"),
        ("mode", 59 * "x", f"expected 'dry_run' or 'live', found '{56 * 'x'}..."),
    ],
)  # fmt: skip
def test_what_was_expected_is_said_of_each_kind_of_setting_and_what_was_found_in_60_characters(name, value, told):
    place = name.removesuffix(".0").removesuffix(".1")
    assert reasons(setting(place, value)) == (f"{name}: {told}",)


def test_every_reason_is_told_at_once():
    wrong = {"mode": "on", "gap": {"settle_seconds": -1, "nope": 1}, "nope": {}}
    told = (
        "mode: expected 'dry_run' or 'live', found 'on'",
        "gap.settle_seconds: expected at least 0, found -1",
        "gap.nope: expected a setting we know, found 1",
        "nope: expected a setting we know, found {}",
    )
    assert reasons(wrong) == told


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("quiet_hours.start", "00:00", "00:00"),
        ("quiet_hours.start", "23:59", "23:59"),
        ("quiet_hours.end", time(9, 1), "09:01"),
        ("gap.min_gap_minutes", 45.0, 45),
        ("offers.max_disappointed", 2, 2.0),
        ("limits.whatsapp_recipients_24h", None, None),
    ],
)
def test_what_may_be_written_in_more_than_one_way(name, value, kept):
    section, _, field = name.partition(".")
    assert AllSettings.merged(setting(name, value)).model_dump()[section][field] == kept


def test_what_the_booking_app_keeps_beside_the_settings_is_no_setting():
    assert AllSettings.merged({"updated_at": "whenever", "version": 7}).version == 0


def test_settings_come_back_as_they_were_stored():
    settings = AllSettings.merged({"gap": {"peak_hours": ["08:00", "12:30"]}, "approval_amount": 250})
    assert AllSettings.accepted({**settings.stored(), "version": 3}) == settings.changed(version=3)


def test_an_accepted_setting_that_a_later_release_no_longer_knows_does_not_stop_the_salon():
    settings = AllSettings.accepted(
        {"version": 2, "mode": "live", "gone": 1, "gap": {"settle_seconds": 99999, "min_gap_minutes": 45, "old": 1}}
    )
    assert (settings.mode, settings.gap.min_gap_minutes, settings.gap.settle_seconds) == ("live", 45, 90)


def test_what_is_no_longer_accepted_falls_back_alone_and_where_it_is_no_map_as_a_whole():
    stored = {
        "version": 3, "mode": "loud", "gap": None, "limits": {"hourly_actions": -1, "daily_actions": 7},
        "quiet_hours": {"start": "09:00"}, "circuit_breaker": 5, "updated_by": "ana",
    }  # fmt: skip
    assert AllSettings.accepted(stored).model_dump(exclude_defaults=True) == {
        "version": 3,
        "limits": {"daily_actions": 7},
    }


@pytest.mark.parametrize(
    ("salon", "agent", "mode"),
    [
        ("live", "live", "live"),
        ("live", "dry_run", "dry_run"),
        ("dry_run", "live", "dry_run"),
        ("dry_run", "dry_run", "dry_run"),
    ],
)
def test_an_agent_is_live_only_where_its_salon_is_too(salon: str, agent: str, mode: str) -> None:
    settings = AllSettings.merged({"mode": salon, "agent_modes": {"upsell_agent": agent}})
    assert settings.mode_of("upsell_agent") == mode
    assert settings.mode_of("retention_agent") == settings.mode_of("cleanup_agent") == salon
