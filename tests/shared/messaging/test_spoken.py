from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.messaging.spoken import (
    spoken_deadline,
    spoken_outcome,
    spoken_time,
)
from tests.zones import MONDAY, in_each_zone, utc_midnight, wall

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "locale", "spoken"),
    [
        ("2026-11-21T08:30", "en-IN", "today at 2:00 PM"),
        ("2026-11-22T08:30", "en-IN", "tomorrow at 2:00 PM"),
        ("2026-11-28T08:30", "en-IN", "Sat, 28 Nov at 2:00 PM"),
        ("2026-11-28T08:30", "en-CA", "Sat, Nov 28 at 2:00 p.m."),
        ("2026-11-28T08:30", "en-GB", "Sat 28 Nov at 14:00"),
        ("2026-11-28T08:30", "fr-FR", "sam. 28 nov. à 14:00"),
        ("2026-11-21T08:30", "fr-CA", "aujourd'hui à 14 h 00"),
        ("2026-11-28T08:30", "de-DE", "Sat, 28 Nov at 14:00"),
        ("2026-11-21T18:31", "en-IN", "tomorrow at 12:01 AM"),
        ("2026-11-28T08:30", "hi-IN", "शनि, 28 नवंबर दोपहर 2:00 बजे"),
        ("2026-11-21T08:30", "es-ES", "hoy a las 14:00"),
        ("2026-11-21T07:30", "es-MX", "hoy a la 1:00 p.m."),
        ("2026-11-28T08:30", "es-CA", "sáb, 28 nov a las 14:00"),
        ("2026-11-20T08:30", "en-IN", "Fri, 20 Nov at 2:00 PM"),
    ],
)
def test_times_are_spoken_as_on_the_listeners_wall(instant, locale, spoken):
    assert spoken_time(datetime.fromisoformat(instant + "+00:00"), KOLKATA, locale, now=NOW) == spoken


def test_a_deadline_of_today_is_only_its_hour():
    assert spoken_deadline(NOW, KOLKATA, "en-GB", now=NOW) == "10:30"
    assert spoken_deadline(NOW, KOLKATA, "es", now=NOW) == "las 10:30"
    assert spoken_deadline(NOW, KOLKATA, "hi", now=NOW) == "सुबह 10:30 बजे"
    assert spoken_deadline(datetime(2026, 11, 22, 5, tzinfo=UTC), KOLKATA, "en-GB", now=NOW) == "tomorrow at 10:30"


@in_each_zone
def test_today_lasts_from_midnight_to_midnight_on_the_wall(zone: ZoneInfo):
    began, ended, minute = wall(zone, "00:00"), wall(zone, "24:00"), timedelta(minutes=1)
    yesterday, tomorrow = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
    for now in (began, utc_midnight(zone) - minute, utc_midnight(zone), ended - minute):
        said = [spoken_time(each, zone, "en-GB", now=now) for each in (began, ended - minute, ended, began - minute)]
        assert said == ["today at 00:00", "today at 23:59", "tomorrow at 00:00", "Sun 22 Nov at 23:59"]
        assert spoken_time(wall(zone, "24:00", tomorrow), zone, "en-GB", now=now) == "Wed 25 Nov at 00:00"
        assert [spoken_deadline(each, zone, "en-GB", now=now) for each in (began, ended - minute)] == ["00:00", "23:59"]
        assert spoken_deadline(ended, zone, "en-GB", now=now) == "tomorrow at 00:00"
    assert spoken_time(began, zone, "en-GB", now=wall(zone, "12:00", yesterday)) == "tomorrow at 00:00"


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en-GB", "out of time"),
        ("hi-IN", "समय से बाहर"),
        ("es-ES", "fuera de plazo"),
        ("fr-CA", "hors délai"),
        ("de-DE", "out of time"),
    ],
)
def test_an_outcome_is_said_in_the_readers_language_and_one_without_words_as_it_is(locale: str, said: str):
    assert spoken_outcome("expired", locale) == said
    assert spoken_outcome("pending", locale) == "pending"


@pytest.mark.parametrize("locale", ["en", "en-CA", "en-IN", "hi", "es", "es-MX", "es-CO", "fr", "fr-CA"])
def test_no_space_in_a_spoken_time_doubles_the_price_of_an_sms(locale: str):
    said = spoken_time(datetime(2026, 1, 1, 20, tzinfo=UTC), KOLKATA, locale, now=None)
    assert {letter for letter in said if letter.isspace()} == {" "}
