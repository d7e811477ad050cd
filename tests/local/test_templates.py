"""What is submitted for approval is what is sent, in the form that Twilio takes."""

import json
import re

import pytest

from local.__main__ import main
from local.phone.templates import seed_templates
from local.templates import category, submissions
from shared.messaging.rendering import templates


@pytest.mark.parametrize(("purpose", "language"), submissions(), ids=["-".join(each) for each in submissions()])
def test_a_submission_has_the_words_and_a_sample_for_each_variable(purpose: str, language: str) -> None:
    content, words = submissions()[purpose, language], templates()[purpose][language]
    assert content["types"]["twilio/text"] == {"body": words["body"]}
    numbers = set(re.findall(r"\{\{(\d+)\}\}", json.dumps(content["types"], ensure_ascii=False)))
    assert numbers <= content["variables"].keys() == words["variables"].keys()
    assert all(re.fullmatch(r"\S(.{0,298}\S)?", sample) for sample in content["variables"].values())


def test_each_is_submitted_as_its_room_says_and_otherwise_as_what_answers_or_tells() -> None:
    assert {category(purpose) for purpose, _ in submissions()} == {"MARKETING", "UTILITY"}
    assert category("slot_offer") == "MARKETING"
    assert {category(purpose) for purpose in ("owner_sold", "booking_confirmed", "slot_taken_another")} == {"UTILITY"}


def test_the_phone_is_seeded_with_the_same_types() -> None:
    seeded: dict[str, object] = {}

    class Phone:
        def add_template(self, *, name: str, types: object, **_: object) -> object:
            seeded[name] = types
            return type("Seeded", (), {"sid": "HX"})

    wording = {
        purpose: {
            language: {**words, "buttons": [{"title": b["title"], "id": b["payload"]} for b in words["buttons"]]}
            for language, words in languages.items()
        }
        for purpose, languages in templates().items()
    }
    seed_templates(Phone(), wording)  # type: ignore[arg-type]
    assert {name: content["types"] for name, content in named().items()} == {name: seeded[name] for name in named()}


def named() -> dict[str, dict[str, object]]:
    return {f"{purpose}_{language}": content for (purpose, language), content in submissions().items()}


def test_the_command_lists_them_and_prints_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["local", "templates"])
    assert main() == 0
    listed = capsys.readouterr().out
    assert re.search(r"^slot_offer +en +MARKETING ", listed, re.MULTILINE)
    assert "slot_offer_sms" not in listed
    monkeypatch.setattr("sys.argv", ["local", "templates", "--sms"])
    assert main() == 0
    listed = capsys.readouterr().out
    assert re.search(r"^slot_offer_sms +es +2 SMS +\d+ letters of GSM 7-bit$", listed, re.MULTILINE)
    assert re.search(r"^slot_offer_sms +hi +5 SMS +\d+ letters of UCS-2$", listed, re.MULTILINE)
    monkeypatch.setattr("sys.argv", ["local", "templates", "slot_offer", "es"])
    assert main() == 0
    assert json.loads(capsys.readouterr().out)["friendly_name"] == "slot_offer_es"


def test_a_template_that_does_not_exist_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["local", "templates", "slot_offer", "de"])
    assert main() == 1
    assert "found 'slot_offer de'" in capsys.readouterr().err
