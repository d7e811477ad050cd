from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.messaging.spoken import (
    spoken_deadline,
    spoken_digest,
    spoken_names,
    spoken_outcome,
    spoken_proposal,
    spoken_reason,
    spoken_time,
)
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


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en-GB", "out of time"), ("hi-IN", "समय से बाहर"), ("es-ES", "fuera de plazo"), ("fr-FR", "out of time")],
)
def test_an_outcome_is_said_in_the_readers_language_and_one_without_words_as_it_is(locale: str, said: str):
    assert spoken_outcome("expired", locale) == said
    assert spoken_outcome("pending", locale) == "pending"


@pytest.mark.parametrize(
    ("reason", "locale", "when", "said"),
    [
        ("needs_a_person", "en", "today", "something that needs a person"),
        ("other_words", "en", "today at 14:00", "our offer for today at 14:00, in other words than yes or no"),
        ("another_answer", "es", "hoy a las 14:00", "nuestra oferta de hoy a las 14:00: un sí después de todo"),
        ("cannot_come", "en", "", "they cannot come"),
        ("cannot_come", "hi", "आज", "वे आज नहीं आ सकते"),
    ],
)
def test_why_a_message_waits_names_the_time_it_is_about(reason: str, locale: str, when: str, said: str):
    assert spoken_reason(reason, locale, when=when) == said


CUT_AT_60 = 56 * "x"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ({}, ""),
        ({"sold": []}, ""),
        ({"sold": ["Cut"], "alert": [], "waiting": ["Wash"]}, "1 sold (Cut), 1 to answer (Wash)"),
        ({"alert": ["a", "b", "c"]}, "3 to look at (a; b; c)"),
        ({"alert": ["a", "b", "c", "d"]}, "4 to look at (a; b; c; ...)"),
        ({"over": ["a", "b", "c", "d", "e"]}, "5 settled meanwhile (a; b; c; ...)"),
        ({"sold": [" Cut\n for\t Ana "]}, "1 sold (Cut for Ana)"),
        ({"sold": [60 * "x"]}, f"1 sold ({60 * 'x'})"),
        ({"sold": [61 * "x"]}, f"1 sold ({57 * 'x'}...)"),
        ({"sold": [f"{CUT_AT_60} yyyy"]}, f"1 sold ({CUT_AT_60}...)"),
    ],
)
def test_a_digest_counts_each_kind_and_names_the_first_three_in_60_characters(items: dict[str, list[str]], said: str):
    assert spoken_digest(items, "en") == said


def test_a_digest_is_in_the_readers_language():
    assert (
        spoken_digest({"sold": ["Corte"], "waiting": ["Tinte"]}, "es-MX")
        == "1 vendidos (Corte), 1 por responder (Tinte)"
    )
    assert spoken_digest({"sold": ["कट"]}, "hi-IN") == "1 बिके (कट)"


@pytest.mark.parametrize(("locale", "days"), [
    ("en", "Thu 1 Jan, Fri 2 Jan, Sat 3 Jan, Sun 4 Jan, Mon 5 Jan, Tue 6 Jan, Wed 7 Jan"),
    ("es", "jue 1 ene, vie 2 ene, sáb 3 ene, dom 4 ene, lun 5 ene, mar 6 ene, mié 7 ene"),
    ("hi", "गुरु 1 जनवरी, शुक्र 2 जनवरी, शनि 3 जनवरी, रवि 4 जनवरी, सोम 5 जनवरी, मंगल 6 जनवरी, बुध 7 जनवरी"),
])  # fmt: skip
def test_each_weekday_has_its_name(locale: str, days: str):
    said = [spoken_time(datetime(2026, 1, day, tzinfo=UTC), KOLKATA, locale, now=None) for day in range(1, 8)]
    assert ", ".join(" ".join(each.split()[:3]) for each in said) == days


def test_each_month_has_its_name():
    for locale, months in (
        ("en", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        ("es", "ene feb mar abr may jun jul ago sep oct nov dic"),
    ):
        said = [spoken_time(datetime(2026, month, 9, tzinfo=UTC), KOLKATA, locale, now=None) for month in range(1, 13)]
        assert " ".join(each.split()[2] for each in said) == months


@pytest.mark.parametrize(
    ("names", "locale", "said"),
    [
        (["Mina"], "en", "Mina"),
        (["Mina", "Ana"], "en", "Mina and Ana"),
        (["Mina", "Ana", "Rosa"], "en", "Mina, Ana and Rosa"),
        (["Mina", "Ana", "Rosa", "Eva"], "en", "Mina, Ana and 2 more"),
        (["Mina", "Ana", "Rosa", "Eva", "Lu"], "es-ES", "Mina, Ana y 3 más"),
        (["Mina", "Ana", "Rosa", "Eva", "Lu"], "hi-IN", "Mina, Ana और 3 अन्य"),
    ],
)
def test_of_many_names_the_first_two_are_said(names: list[str], locale: str, said: str) -> None:
    assert spoken_names(names, locale) == said
