import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.booking_export import COLUMNS, NotAnExport
from local.import_bookings import Import, add_parser, booking_document, fictional_phone, read_export
from shared.calendar.booking import Booking
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.customers.customer import Customer
from shared.salon.salon import Salon

EXPORT = Path(__file__).parent.parent / "fixtures" / "booking_export.csv"
HEADER = ",".join(COLUMNS)
GOOD = "b1,c1,anna,cut,2026-05-04T10:00,60,60.00,completed,2026-05-01T09:30,"
MODELS = {"services": Service, "staff": StaffMember, "customers": Customer, "bookings": Booking}


def line(**changes: str) -> str:
    return ",".join((dict(zip(COLUMNS, GOOD.split(","), strict=True)) | changes).values())


def imported(*lines: str, header: str = HEADER) -> Import:
    return read_export([header, *lines], "America/Toronto", "CAD")


def test_a_whole_export_becomes_documents_the_suite_understands() -> None:
    made = read_export(EXPORT.read_text().splitlines(), "America/Toronto", "CAD")
    assert made.problems == []
    for path, data in made.documents.items():
        match path.split("/"):
            case [_, _, collection, id]:
                MODELS[collection].from_document(id, data)
    Salon.from_document("imported", made.documents["salons/imported"])
    assert len(made.bookings) == len(EXPORT.read_text().splitlines()) - 1


def test_local_times_become_instants_of_the_salons_zone() -> None:
    booking = imported(GOOD).documents["salons/imported/bookings/b1"]
    assert booking["start_time"] == datetime(2026, 5, 4, 14, 0, tzinfo=UTC)
    assert booking["end_time"] == datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
    assert booking["created_at"] == datetime(2026, 5, 1, 13, 30, tzinfo=UTC)


def test_a_time_the_clock_showed_twice_is_its_first_coming() -> None:
    booking = imported(line(start_time="2026-11-01T01:30")).documents["salons/imported/bookings/b1"]
    assert booking["start_time"] == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_opening_hours_are_the_envelope_of_each_weekday() -> None:
    made = imported(
        line(booking_id="1", start_time="2026-05-04T10:15", duration_minutes="30"),
        line(booking_id="2", start_time="2026-05-11T16:00", duration_minutes="90", staff_id="bo"),
        line(booking_id="3", start_time="2026-05-12T23:30", duration_minutes="60"),
    )
    assert made.documents["salons/imported"]["opening_hours"] == {
        "mon": [{"start": "10:15", "end": "17:30"}],
        "tue": [{"start": "23:30", "end": "24:00"}],
    }
    assert made.documents["salons/imported/staff/bo"]["working_hours"] == {"mon": [{"start": "16:00", "end": "17:30"}]}


def test_staff_perform_what_their_history_shows() -> None:
    made = imported(GOOD, line(booking_id="b2", service_id="colour"), line(booking_id="b3", staff_id="bo"))
    assert made.documents["salons/imported/staff/anna"]["service_ids"] == ["colour", "cut"]
    assert made.documents["salons/imported/staff/bo"]["service_ids"] == ["cut"]


def test_a_service_takes_and_costs_what_it_usually_did() -> None:
    lines = [line(booking_id=str(price), price=str(price), duration_minutes=str(price)) for price in (40, 60, 90)]
    service = imported(*lines).documents["salons/imported/services/cut"]
    assert (service["duration_minutes"], service["price"]) == (60, 60)


def test_what_is_made_up_is_marked_and_its_phones_are_fictional_and_unique() -> None:
    made = read_export(EXPORT.read_text().splitlines(), "America/Toronto", "CAD")
    customers = [data for path, data in made.documents.items() if "/customers/" in path]
    assert all(set(customer["synthetic"]) == {"name", "phone", "consents"} for customer in customers)
    phones = [customer["phone"] for customer in customers]
    assert len(set(phones)) == len(phones)
    assert all(phone[5:9] == "5550" and 100 <= int(phone[-3:]) <= 199 for phone in phones)
    assert len({fictional_phone(index) for index in range(5000)}) == 5000


def test_an_imported_salon_can_send_nothing_and_is_not_live() -> None:
    made = imported(GOOD)
    assert made.documents["salons/imported"]["messaging"] == {}
    assert not any("/settings/" in path for path in made.documents)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (line(start_time="2026-13-01T10:00"), "start_time: expected a time"),
        (line(start_time="2026-05-04"), "start_time"),
        (line(start_time="2026-05-04T10:00+02:00"), "start_time"),
        (line(start_time="2026-03-08T02:30"), "found '2026-03-08T02:30'"),  # the clock jumped over it
        (line(duration_minutes="0"), "duration_minutes"),
        (line(duration_minutes="soon"), "duration_minutes: expected whole minutes from 1 to 1440, found 'soon'"),
        (line(price="-1"), "price"),
        (line(price="NaN"), "price"),
        (line(status="done"), "status: expected one of completed, no_show, cancelled, found 'done'"),
        (
            line(created_at=""),
            "created_at: expected a time such as 2026-05-01T14:30 in America/Toronto, found nothing",
        ),
        (
            line(created_at="2026-05-04T10:01"),
            "created_at: expected a time not after start_time, found '2026-05-04T10:01'",
        ),
        (line(status="cancelled"), "cancelled_at"),
        (line(status="cancelled", cancelled_at="2026-04-30T10:00"), "cancelled_at: expected a time after created_at"),
        (line(cancelled_at="2026-05-02T10:00"), "cancelled_at: expected nothing for a booking that is completed"),
        (line(booking_id=""), "booking_id"),
        (line(customer_id="a/b"), "customer_id: expected an id without /"),
        (line(booking_id="b0"), "booking_id: expected each id once, found 'b0' again"),
        ("b1,c1", "expected 10 values, found 2"),
        ('"b1,c1,anna', "comma-separated"),
    ],
)
def test_a_bad_line_is_reported_by_number_and_reason_and_the_rest_imported(bad: str, reason: str) -> None:
    made = imported(line(booking_id="b0"), bad, "", line(booking_id="b9"))
    [problem] = made.problems
    assert problem.line == 3
    assert reason in str(problem)
    assert [booking.id for booking in made.bookings] == ["b0", "b9"]


@pytest.mark.parametrize("between", [";", "\t"])
def test_a_file_that_is_parted_otherwise_hears_that(between: str) -> None:
    with pytest.raises(
        NotAnExport, match="expected values with commas between them, found a header of 10 parted otherwise"
    ):
        imported(GOOD.replace(",", between), header=HEADER.replace(",", between))


def test_a_booking_may_be_made_when_it_starts() -> None:
    assert imported(line(created_at="2026-05-04T10:00")).problems == []


def test_a_file_that_is_not_utf8_hears_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, GOOD, line(booking_id="é"), encoding="latin-1")[0] == 2
    assert "export.csv: line 3: expected UTF-8, found the byte 0xe9: save it as UTF-8" in capsys.readouterr().err


def test_all_of_a_file_is_imported_or_the_command_says_that_it_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(tmp_path, GOOD)[0] == 0
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path, GOOD, output=None)[0] == 0
    assert "into imported.salon.json" in capsys.readouterr().out
    assert "*.salon.json" in (EXPORT.parents[2] / ".gitignore").read_text().split()
    assert run(tmp_path, GOOD, output="no/such/folder.json")[0] == 2
    assert "not written: no/such/folder.json: No such file or directory" in capsys.readouterr().err


def test_a_file_without_a_column_is_refused_as_a_whole() -> None:
    with pytest.raises(NotAnExport, match="missing: price"):
        imported(GOOD, header=HEADER.replace("price,", ""))


@pytest.mark.parametrize(
    ("zone", "currency"), [("Toronto", "CAD"), ("America/Toronto", "dollars"), ("America/Toronto", "XXQ")]
)
def test_a_zone_or_currency_that_does_not_exist_is_refused(zone: str, currency: str) -> None:
    with pytest.raises(NotAnExport, match="expected an I"):
        read_export([HEADER, GOOD], zone, currency)


def test_other_columns_and_a_byte_order_mark_do_no_harm() -> None:
    assert len(imported(f"note,{GOOD}", header=f"\ufeffnote,{HEADER}").bookings) == 1


def test_importing_twice_makes_no_duplicates() -> None:
    once = read_export(EXPORT.read_text().splitlines(), "America/Toronto", "CAD")
    again = read_export(EXPORT.read_text().splitlines(), "America/Toronto", "CAD")
    assert list(once.documents.items()) == list(again.documents.items())


@pytest.mark.parametrize(
    ("as_of", "status", "expected"),
    [
        ("2026-05-02T00:00", "completed", "confirmed"),
        ("2026-05-04T14:59", "completed", "confirmed"),
        ("2026-05-04T15:00", "completed", "completed"),
        ("2026-05-04T15:00", "no_show", "no_show"),
        ("2026-05-02T13:59", "cancelled", "confirmed"),
        ("2026-05-02T14:00", "cancelled", "cancelled"),
    ],
)
def test_a_booking_is_at_a_moment_what_it_was_then(as_of: str, status: str, expected: str) -> None:
    cancelled_at = "2026-05-02T10:00" if status == "cancelled" else ""
    [booking] = imported(line(status=status, cancelled_at=cancelled_at)).bookings
    moment = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    document = booking_document(booking, "CAD", as_of=moment)
    assert document["status"] == expected
    assert document["updated_at"] <= moment
    assert Booking.from_document("b1", document).cancelled_by == ("customer" if expected == "cancelled" else None)


def run(tmp_path: Path, *lines: str, **options: Any) -> tuple[int, Path]:
    file, output = tmp_path / "export.csv", tmp_path / "salon.json"
    file.write_text("\n".join([HEADER, *lines]), encoding=options.get("encoding"))
    flags = ["--timezone", "America/Toronto", "--currency", options.get("currency", "CAD")]
    if wanted := options.get("output", output):
        flags += ["--output", str(wanted)]
    parser = ArgumentParser()
    add_parser(parser.add_subparsers())
    options = parser.parse_args(["import", str(file), *flags])
    return options.command(options), output


def test_the_command_writes_the_documents_and_names_the_bad_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, output = run(tmp_path, GOOD, "oops")
    said = capsys.readouterr()
    assert status == 1, "not all of the file"
    assert "1 bookings imported" in said.out
    assert "line 3: expected 10 values, found 1" in said.err
    documents = json.loads(output.read_text())
    assert documents["salons/imported/bookings/b1"]["start_time"] == "2026-05-04T14:00:00Z"
    assert documents["salons/imported"]["opening_hours"] == {"mon": [["10:00", "11:00"]]}


def test_the_command_fails_when_nothing_can_be_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "oops")[0] == 1
    assert run(tmp_path, GOOD, currency="dollars")[0] == 2
    assert "expected an ISO 4217 currency" in capsys.readouterr().err
