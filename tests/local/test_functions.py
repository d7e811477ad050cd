import json
from pathlib import Path
from typing import Any

import pytest

from local.functions import FunctionError, door, load

HEARS = {"kind": "events", "event_types": ["GAP_DETECTED"]}
HTTP = {"kind": "http", "path": "/o/{token}", "methods": ["GET"]}
TICK = {"kind": "tick", "schedule": "* * * * *"}


def agent_by(setting: str) -> dict[str, Any]:
    return {"agent": {"name": "upsell_agent", "settings": [setting]}}


def described(folder: Path, name: str = "show_page", source: str = "", **fields: Any) -> Path:
    (folder / name).mkdir()
    (folder / name / "main.py").write_text(source or f"def {name}(request):\n    return 'shown'\n")
    content = {"description": "A toy.", "triggers": [HTTP]} | fields
    (folder / name / "function.json").write_text(json.dumps(content))
    return folder


def test_functions_are_read_from_their_folders_by_name(tmp_path: Path) -> None:
    described(tmp_path, "show_page")
    described(tmp_path, "move_on", triggers=[TICK], environment=["PUBLIC_BASE_URL"])
    first, second = load(tmp_path)
    assert (first.name, first.signature, first.environment) == ("move_on", "cloudevent", ("PUBLIC_BASE_URL",))
    assert (second.name, second.signature, second.memory) == ("show_page", "http", "256Mi")


@pytest.mark.parametrize("setting", ["autonomy.upsell", "measurement.holdout_percent.upsell", "approval_amount"])
def test_an_agent_goes_by_settings_that_every_salon_has(tmp_path: Path, setting: str) -> None:
    [function] = load(described(tmp_path, **agent_by(setting)))
    assert function.agent is not None and function.agent.settings == (setting,)


def test_a_door_is_the_function_named_like_its_folder(tmp_path: Path) -> None:
    [function] = load(described(tmp_path))
    assert door(function)(None) == "shown"


def test_a_main_without_that_function_says_what_it_has_instead(tmp_path: Path) -> None:
    [function] = load(described(tmp_path, source="def other():\n    pass\n"))
    with pytest.raises(FunctionError, match=r"main\.py: expected a function named 'show_page', found \['other'\]"):
        door(function)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"triggers": []}, "triggers"),
        ({"triggers": [{"kind": "magic"}]}, "triggers.0"),
        ({"triggers": [{"kind": "events", "event_types": ["gap seen"]}]}, "gap seen"),
        ({"triggers": [{**TICK, "schedule": "often"}]}, "triggers.0.tick.schedule"),
        ({"triggers": [HTTP, TICK]}, "triggers: expected either HTTP or events"),
        ({"triggers": [{**HEARS, "agent": "x_agent"}]}, "expected events of its own agent, None, found ['x_agent']"),
        (
            {"triggers": [{**HEARS, "agent": "x_agent"}], "agent": {"name": "upsell_agent"}},
            "its own agent, 'upsell_agent'",
        ),
        ({"agent": {"name": "smile_agent"}}, "or 'cleanup_agent', found 'smile_agent'"),
        (agent_by("autonomy.smiles"), "expected a setting that every salon has, found 'autonomy.smiles'"),
        (agent_by("smiles.per_day"), "agent.settings.0: Value error, expected a setting"),
        (agent_by("autonomy"), "expected a setting that every salon has, found 'autonomy'"),
        (agent_by("autonomy.upsell.more"), "expected a setting that every salon has, found 'autonomy.upsell.more'"),
        ({"memory": "a lot"}, "memory"),
        ({"trigger": HTTP}, "trigger: Extra inputs"),
    ],
)
def test_a_wrong_description_is_told_with_its_file_and_field(
    tmp_path: Path, fields: dict[str, Any], message: str
) -> None:
    described(tmp_path, **fields)
    with pytest.raises(FunctionError, match=r"show_page/function\.json: ") as error:
        load(tmp_path)
    assert message in str(error.value)


PAGE = {"path": "/smiles", "template": "pages/smiles.html", "query": "functions.show_page.load_smiles.smiles"}


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ({**PAGE, "template": "../smiles.html"}, "pages.0.template"),
        ({**PAGE, "query": "shared.asking.smiles"}, "pages.0.query"),
        ({"path": "/smiles"}, "pages.0.template: Field required"),
        (
            {**PAGE, "query": "functions.other_room.load_smiles.smiles"},
            "/smiles in this folder, found no functions.other_room, ",
        ),
        (PAGE, "found no pages/smiles.html, load_smiles.py"),
    ],
)
def test_a_page_needs_a_template_and_a_query_of_its_own_function(
    tmp_path: Path, page: dict[str, str], message: str
) -> None:
    described(tmp_path, pages=[page])
    with pytest.raises(FunctionError, match=r"show_page/function\.json: ") as error:
        load(tmp_path)
    assert message in str(error.value)


def test_a_page_is_declared_with_its_function(tmp_path: Path) -> None:
    described(tmp_path, pages=[PAGE])
    (tmp_path / "show_page" / "pages").mkdir()
    for name in ("pages/smiles.html", "load_smiles.py"):
        (tmp_path / "show_page" / name).touch()
    [function] = load(tmp_path)
    assert [page.path for page in function.pages] == ["/smiles"]


def test_a_folder_that_is_no_verb_and_noun_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FunctionError, match="verb_noun"):
        load(described(tmp_path, "page"))
