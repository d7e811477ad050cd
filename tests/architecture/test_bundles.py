"""What is deployed: a bundle holds what its function reaches, boots alone, and changes only when something in it does."""

import base64
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path
from types import ModuleType

import pytest

from local.functions import Function, load
from tests.architecture.project import ROOT

FUNCTIONS = load()
INGREDIENTS = ("functions", "shared", ".ci", "requirements.txt", "pyproject.toml")


def copy(to: Path, of: Path = ROOT) -> Path:
    """What bundles are made of, elsewhere and with other time stamps."""
    for name in INGREDIENTS:
        if (of / name).is_dir():
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(of / name, to / name, copy_function=shutil.copyfile, ignore=without)
        else:
            shutil.copyfile(of / name, to / name)
    return to


@pytest.fixture(scope="module")
def scripts() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / ".ci"))
    import bundle_boot

    yield bundle_boot
    sys.path.remove(str(ROOT / ".ci"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def bundles(scripts: ModuleType, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    for function in FUNCTIONS:
        (folder / f"{function.name}.zip").write_bytes(packed(function.name, project))
    return folder


def packed(function: str, project: Path) -> bytes:
    import bundle

    return bytes(bundle.zipped(bundle.stage(function, project)))


@cache
def reached(function: str, project: Path) -> set[str]:
    """By the standard library's own finder, which reads compiled code and not syntax."""
    finder = ModuleFinder(path=[str(project)])
    finder.run_script(str(project / "functions" / function / "main.py"))
    files = (Path(module.__file__) for module in finder.modules.values() if module.__file__)
    return {file.relative_to(project).as_posix() for file in files if file.name != "main.py"}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_bundle_holds_exactly_what_its_door_reaches(function: Function, bundles: Path, project: Path) -> None:
    with zipfile.ZipFile(bundles / f"{function.name}.zip") as archive:
        sources = {name for name in archive.namelist() if name.endswith(".py")}
        rest = {name for name in archive.namelist() if not name.endswith((".py", ".pyc"))}
    assert sources - {"main.py"} == reached(function.name, project)
    assert "main.py" in sources
    told = words(function.name) | lexicons(function.name) | pages(function.name)
    assert {name for name in rest if not name.endswith(".json")} == {"requirements.txt"} | told


RENDER = {"answer_approval", "answer_message", "fill_gap", "send_outreach"}
"""The functions that fill messages of whichever room."""
SPEAK = {"accept_offer", "choose_branch", "notify_owner"}
"""Those that say a phrase of their own, or a time."""
UNDERSTAND = {"answer_message", "choose_branch"}
"""Those that read what people write."""
SHOW = {"accept_offer": "offer.html", "answer_approval": "notice.html"}


def lexicons(function: str) -> set[str]:
    every = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("shared/messaging/lexicons/*.toml")}
    return every if function in UNDERSTAND else set()


def words(function: str) -> set[str]:
    every = {
        path.relative_to(ROOT).as_posix()
        for room in ("functions", "shared")
        for path in ROOT.glob(f"{room}/*/texts/*.toml")
    }
    own = (f"functions/{function}/texts/", "shared/messaging/texts/")
    return every if function in RENDER else {name for name in every if function in SPEAK and name.startswith(own)}


def pages(function: str) -> set[str]:
    return {f"functions/{function}/{SHOW[function]}", "shared/pages/base.html"} if function in SHOW else set()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_bundle_boots_alone(function: Function, bundles: Path, scripts: ModuleType) -> None:
    cloud_event = function.signature == "cloudevent"
    boot = scripts.boot(
        bundles / f"{function.name}.zip",
        function.name,
        scripts.environment(function.name),
        pushed("[]") if cloud_event else None,
    )
    print(f"{function.name}: ready after {boot.ms} ms")
    assert boot.outside == []
    # Every module came from the bytecode in the bundle.
    assert boot.compiled == []
    # What is malformed is acknowledged: so the door took it for the event it is.
    assert boot.status in ((200, 204) if cloud_event else (None,))


def pushed(body: str) -> dict[str, object]:
    """A request as a Pub/Sub push subscription makes it."""
    message = {
        "data": base64.b64encode(body.encode()).decode(),
        "attributes": {"event_type": "GAP_DETECTED"},
        "messageId": "1",
        "publishTime": "2026-11-20T12:00:00Z",
    }
    envelope = {"message": message, "subscription": "projects/p/subscriptions/s"}
    return {"headers": {"Content-Type": "application/json"}, "body": json.dumps(envelope)}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_bundle_pins_what_it_imports_and_no_more(function: Function, bundles: Path) -> None:
    with zipfile.ZipFile(bundles / f"{function.name}.zip") as archive:
        sources = "\n".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".py"))
        pinned = {line.partition("==")[0] for line in archive.read("requirements.txt").decode().split()}
    expected = {
        name
        for name, sign in {
            "babel": "from babel",
            "functions-framework": "import functions_framework",
            "google-cloud-firestore": "from google.cloud import firestore",
            "google-cloud-pubsub": "from google.cloud import pubsub_v1",
            "google-cloud-scheduler": "from google.cloud import scheduler",
            "google-events": "from google.events",
            "jinja2": "from jinja2",
            "phonenumberslite": "import phonenumbers",
            "pydantic": "from pydantic import",
            "twilio": "from twilio.",
            "tzdata": "from zoneinfo import",
        }.items()
        if sign in sources
    }
    assert pinned == expected


def test_bundles_are_the_same_bytes_wherever_and_whenever_they_are_made(
    tmp_path: Path, project: Path, bundles: Path
) -> None:
    elsewhere = copy(tmp_path, project)
    ran = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, '.ci'); import bundle; bundle.build()"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    made = {file.stem: file.read_bytes() for file in (elsewhere / "build" / "bundles").glob("*.zip")}
    assert [name for name in made if made[name] != (bundles / f"{name}.zip").read_bytes()] == []
    assert made.keys() == {function.name for function in FUNCTIONS}


def changed(changing: Path, bundles: Path) -> dict[str, set[str]]:
    """What is no longer in a bundle as it was, by function."""
    return {
        function.name: different(packed(function.name, changing), (bundles / f"{function.name}.zip").read_bytes())
        for function in FUNCTIONS
    }


def different(one: bytes, other: bytes) -> set[str]:
    now, before = (zipfile.ZipFile(io.BytesIO(each)) for each in (one, other))
    names = {*now.namelist(), *before.namelist()}
    both = {*now.namelist()} & {*before.namelist()}
    found = {name for name in names if name not in both or now.read(name) != before.read(name)}
    assert bool(found) == (one != other)
    return found


def test_a_change_changes_exactly_the_bundles_that_reach_it(bundles: Path, project: Path, tmp_path: Path) -> None:
    """All at once: each file that was touched is another in the bundles that reach it, it and its bytecode, and nothing else."""
    changing = copy(tmp_path, project)
    touched = [
        *sorted((changing / "shared" / "sales").glob("*.py")),
        changing / "functions" / "detect_gaps" / "follow_booking.py",
    ]
    for file in touched:
        file.write_bytes(file.read_bytes() + b"\n# touched\n")
    names = {file.relative_to(changing).as_posix() for file in touched}
    wanted = {function.name: names & reached(function.name, project) for function in FUNCTIONS}
    compiled = {
        function: {importlib.util.cache_from_source(name) for name in files} for function, files in wanted.items()
    }
    assert changed(changing, bundles) == {function: files | compiled[function] for function, files in wanted.items()}
    assert {name for files in wanted.values() for name in files} >= names - {"shared/sales/__init__.py"}
    assert len({frozenset(files) for files in wanted.values()}) > 2


def test_a_text_of_one_room_changes_only_what_renders_messages(bundles: Path, project: Path, tmp_path: Path) -> None:
    changing = copy(tmp_path, project)
    touched = "functions/answer_message/texts/es.toml"
    with (changing / touched).open("a") as file:
        file.write("# touched\n")
    assert changed(changing, bundles) == {
        function.name: {touched} if function.name in RENDER else set() for function in FUNCTIONS
    }


def test_only_the_pins_of_a_bundle_change_it(bundles: Path, project: Path, tmp_path: Path) -> None:
    changing = copy(tmp_path, project)
    requirements = changing / "requirements.txt"
    lines = requirements.read_text().splitlines()
    requirements.write_text("\n".join("twilio==0.0.1" if line.startswith("twilio==") else line for line in lines))
    sends = {function.name for function in FUNCTIONS if "shared/adapters/twilio.py" in reached(function.name, project)}
    assert sends
    wanted = {function.name: {"requirements.txt"} if function.name in sends else set() for function in FUNCTIONS}
    assert changed(changing, bundles) == wanted


def test_data_that_a_module_names_is_in_its_bundle(scripts: ModuleType, project: Path, tmp_path: Path) -> None:
    changing = copy(tmp_path, project)
    (changing / "shared" / "values" / "weights.json").write_text("{}")
    with (changing / "functions" / "detect_gaps" / "follow_booking.py").open("a") as file:
        file.write("\nfrom shared.values import weights\n")
    (changing / "shared" / "values" / "weights.py").write_text('FILE = "weights.json"\n')
    import bundle

    assert "shared/values/weights.json" in bundle.stage("detect_gaps", changing)
    assert "shared/values/weights.json" not in bundle.stage("apply_settings", changing)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("import hypothesis", "expected a pin that brings hypothesis"),
        ("from . import clock", "expected an absolute import"),
        ("import importlib", "found importlib"),
        ("from shared.values.nothing import of_it", "expected shared.values.nothing.of_it to be a module"),
    ],
)
def test_what_cannot_be_bundled_is_refused_with_a_sentence(
    scripts: ModuleType, project: Path, tmp_path: Path, line: str, complaint: str
) -> None:
    changing = copy(tmp_path, project)
    with (changing / "functions" / "detect_gaps" / "main.py").open("a") as file:
        file.write(f"\n{line}\n")
    import bundle

    with pytest.raises(bundle.BundleError, match=complaint):
        bundle.stage("detect_gaps", changing)
