from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.messaging.spoken import spoken_deadline, spoken_proposal, spoken_time
from tests.zones import MONDAY, in_each_zone, utc_midnight, wall

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "locale", "spoken"),
    [
        ("2026-11-21T08:30", "en-IN", "today at 14:00"),
        ("2026-11-22T08:30", "en-IN", "tomorrow at 14:00"),
        ("2026-11-28T08:30", "en-IN", "Sat 28 Nov at 14:00"),
        ("2026-11-21T18:31", "en-IN", "tomorrow at 00:01"),
        ("2026-11-28T08:30", "hi-IN", "शनि 28 नवंबर 14:00 बजे"),
        ("2026-11-21T08:30", "es-ES", "hoy a las 14:00"),
        ("2026-11-20T08:30", "en-IN", "Fri 20 Nov at 14:00"),
    ],
)
def test_times_are_spoken_as_on_the_listeners_wall(instant, locale, spoken):
    assert spoken_time(datetime.fromisoformat(instant + "+00:00"), KOLKATA, locale, now=NOW) == spoken


@pytest.mark.parametrize(
    ("locale", "whole", "reduced"),
    [
        ("en-IN", "Cut Sat 21 Nov at 14:00 for Ana", ", 12.5 % off"),
        ("hi-IN", "Cut, शनि 21 नवंबर 14:00 बजे, Ana के लिए", ", 12.5 % की छूट"),
        ("es-ES", "Cut sáb 21 nov a las 14:00 para Ana", ", 12.5 % de descuento"),
    ],
)
def test_a_proposal_names_its_day_in_the_salons_language(locale, whole, reduced):
    when = spoken_time(datetime(2026, 11, 21, 8, 30, tzinfo=UTC), KOLKATA, locale, now=None)
    assert spoken_proposal("Cut", when, "Ana", locale, discount_percent=0) == whole
    assert spoken_proposal("Cut", when, "Ana", locale, discount_percent=12.5) == whole + reduced


def test_a_deadline_of_today_is_only_its_hour():
    assert spoken_deadline(NOW, KOLKATA, "en", now=NOW) == "10:30"
    assert spoken_deadline(datetime(2026, 11, 22, 5, tzinfo=UTC), KOLKATA, "en", now=NOW) == "tomorrow at 10:30"


@in_each_zone
def test_today_lasts_from_midnight_to_midnight_on_the_wall(zone: ZoneInfo):
    began, ended, minute = wall(zone, "00:00"), wall(zone, "24:00"), timedelta(minutes=1)
    yesterday, tomorrow = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
    for now in (began, utc_midnight(zone) - minute, utc_midnight(zone), ended - minute):
        said = [spoken_time(each, zone, "en", now=now) for each in (began, ended - minute, ended, began - minute)]
        assert said == ["today at 00:00", "today at 23:59", "tomorrow at 00:00", "Sun 22 Nov at 23:59"]
        assert spoken_time(wall(zone, "24:00", tomorrow), zone, "en", now=now) == "Wed 25 Nov at 00:00"
        assert [spoken_deadline(each, zone, "en", now=now) for each in (began, ended - minute)] == ["00:00", "23:59"]
        assert spoken_deadline(ended, zone, "en", now=now) == "tomorrow at 00:00"
    assert spoken_time(began, zone, "en", now=wall(zone, "12:00", yesterday)) == "tomorrow at 00:00"
