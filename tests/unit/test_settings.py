from datetime import time
from decimal import Decimal

import pytest

from shared.domain.settings import InvalidSettings, SalonSettings


def reasons(data) -> tuple[str, ...]:
    with pytest.raises(InvalidSettings) as refused:
        SalonSettings.merged(data)
    return refused.value.reasons


def test_a_salon_that_sets_nothing_is_on_dry_run_with_the_defaults():
    settings = SalonSettings.merged({})
    assert settings == SalonSettings()
    assert (settings.mode, settings.version) == ("dry_run", 0)
    assert settings.gap.settle_seconds == 90
    assert settings.gap.peak_hours == (time(10), time(19))
    assert settings.offers.target_fill_probability == 0.73
    assert settings.quiet_hours.start == time(20, 30)


def test_one_setting_changes_and_its_neighbours_keep_their_defaults():
    settings = SalonSettings.merged({"mode": "live", "gap": {"settle_seconds": 0}, "discounts": {"daily_budget": 99.5}})
    assert (settings.gap.settle_seconds, settings.gap.min_gap_minutes) == (0, 30)
    assert settings.discounts.daily_budget == Decimal("99.5")
    assert settings.limits == SalonSettings().limits


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
        (
            {"gap": {"peak_hours": ["19:00", "10:00"]}},
            "gap: expected peak_hours to end after they start, found 19:00 to 10:00",
        ),
    ],
)
def test_a_refused_setting_is_told_in_a_sentence(data, reason):
    assert reasons(data) == (reason,)


def test_every_reason_is_told_at_once():
    assert len(reasons({"mode": "on", "gap": {"settle_seconds": -1, "nope": 1}, "nope": {}})) == 4


def test_what_the_booking_app_keeps_beside_the_settings_is_no_setting():
    assert SalonSettings.merged({"updated_at": "whenever", "version": 7}).version == 0


def test_settings_come_back_as_they_were_stored():
    settings = SalonSettings.merged({"gap": {"peak_hours": ["08:00", "12:30"]}, "approval_amount": 250})
    assert SalonSettings.accepted({**settings.stored(), "version": 3}) == settings.changed(version=3)


def test_an_accepted_setting_that_a_later_release_no_longer_knows_does_not_stop_the_salon():
    settings = SalonSettings.accepted(
        {"version": 2, "mode": "live", "gone": 1, "gap": {"settle_seconds": 99999, "min_gap_minutes": 45, "old": 1}}
    )
    assert (settings.mode, settings.gap.min_gap_minutes, settings.gap.settle_seconds) == ("live", 45, 90)


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
    settings = SalonSettings.merged({"mode": salon, "agent_modes": {"upsell_agent": agent}})
    assert settings.mode_of("upsell_agent") == mode
    assert settings.mode_of("retention_agent") == settings.mode_of("cleanup_agent") == salon
