"""What a function adds to the whole comes with its folder and `make pages`, and goes with it: in a copy of the project."""

import json
import shutil
from pathlib import Path

import pytest

from tests.architecture.project_copy import copied, files_of, make_pages, pages_tried
from tests.architecture.test_pages import PAGES

TOYS = Path(__file__).parents[1] / "toys"

DESCRIBED = {
    "description": "Counts smiles.",
    "agent": {"name": "upsell_agent", "settings": ["autonomy.upsell"]},
    "triggers": [
        {"kind": "events", "event_types": ["GAP_FILLED", "SMILE_COUNTED"]},
        {"kind": "due", "collection": "smiles"},
    ],
    "announces": ["SMILE_COUNTED"],
    "collections": [
        {
            "document": "salons/{salon_id}/smiles/{smile_id}",
            "model": "functions.count_smiles.smile.Smile",
            "readers": ["owner", "viewer"],
            "kept": {"days": 30},
            "people": "a smile",
        }
    ],
    "indexes": {"smiles": ["mood, -created_at"]},
}
FILES = {
    "function.json": json.dumps(DESCRIBED),
    "__init__.py": "",
    "main.py": '"""event GAP_FILLED -> count_smiles -> smiles."""\n',
    "smile.py": (
        "from typing import ClassVar\n"
        "from shared.records.retention import A_MONTH, Kept\n"
        "from shared.records.stored import StateDocument\n"
        "class Smile(StateDocument):\n"
        '    collection: ClassVar[str] = "smiles"\n'
        '    resource_type: ClassVar[str] = "smile"\n'
        "    retained = Kept(A_MONTH)\n"
        '    mood: str = "cheerful"\n'
    ),
    "settings.py": (
        "from shared.salon.section import Section\n"
        "from shared.salon.settings import SalonSettings\n"
        "class SmileSettings(Section):\n"
        "    per_day: int = 3\n"
        "class Settings(SalonSettings):\n"
        "    smiles: SmileSettings = SmileSettings()\n"
    ),
}
LANGUAGES = {
    "en": ("Hi {name}! Give us a {kind} smile.", "broad"),
    "es": ("¡Hola, {name}! Una sonrisa {kind}, por favor.", "amplia"),
    "fr": ("Bonjour {name} ! Faites-nous un {kind} sourire.", "grand"),
    "hi": ("नमस्ते {name} जी! {kind} मुस्कान दीजिए।", "बड़ी"),
}
FILES |= {
    "texts/purposes.toml": '[smile]\nvariables = ["name", "kind"]\n',
    **{
        f"texts/{language}.toml": f'[smile]\ntext = "{text}"\n\n[examples]\nkind = "{kind}"\n'
        for language, (text, kind) in LANGUAGES.items()
    },
}
LEAVES = {
    "firestore.rules": "match /smiles/{smile_id} {\n        allow get, list: if by(['owner', 'viewer']);",
    "firestore.indexes.json": '{"collectionGroup": "smiles", "fieldPath": "forget_at", "ttl": true',
    "functions/wake_due/groups.py": '"smiles"',
    "functions/clean_up/kept_collections.py": '"smiles"',
    "functions/apply_settings/agent_settings.py": '"autonomy.upsell"',
    "functions/apply_settings/sections.py": "count_smiles.Settings",
    "README.md": "| [count_smiles](functions/count_smiles/main.py) |",
    "docs/architecture.md": "| `SMILE_COUNTED` | `count_smiles` | `count_smiles` |",
    "docs/architecture.svg": ">count_smiles<",
    "docs/operations.md": "| `smiles/{smile_id}` | 30 days since `created_at` | a smile |",
    "docs/schema.md": "| `mood` | text | cheerful |",
    "docs/security.md": "| `salons/{salon}/smiles/{id}` | gl | - | - | gl | - | - |",
    "docs/texts.html": "Hi Noor! Give us a broad smile.",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copied(tmp_path)


def made(project: Path, **other: str) -> Path:
    """The folder of the function, put there."""
    folder = project / "functions" / "count_smiles"
    folder.mkdir()
    for name, content in {**FILES, **other}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    return folder


def said(project: Path) -> dict[str, str]:
    return {name: (project / name).read_text() for name in PAGES}


def pages(project: Path) -> dict[str, str]:
    """What `make pages` writes there."""
    make_pages(project)
    return said(project)


def test_a_function_comes_and_goes_with_its_folder(project: Path) -> None:
    before = said(project)
    folder = made(project)
    with_it = pages(project)
    assert LEAVES.keys() == PAGES.keys()
    assert {name for name, trace in LEAVES.items() if trace not in with_it[name] or trace in before[name]} == set()
    shutil.rmtree(folder)
    assert {name for name, content in pages(project).items() if content != before[name]} == set()


def test_an_agent_goes_without_a_trace_as_it_came(project: Path) -> None:
    before = files_of(project)
    for toy in TOYS.glob("*/function.json"):
        shutil.copytree(toy.parent, project / "functions" / toy.parent.name)
    make_pages(project)
    with_them = files_of(project)
    assert len([name for name in PAGES if with_them[name] != before[name]]) > 5, (
        "they leave traces while they are there"
    )
    for toy in TOYS.glob("*/function.json"):
        shutil.rmtree(project / "functions" / toy.parent.name)
    make_pages(project)
    assert files_of(project) == before


def test_where_a_variable_has_no_example_no_page_is_written_and_its_place_is_named(project: Path) -> None:
    before = said(project)
    without = FILES["texts/hi.toml"].partition("[examples]")[0]
    made(project, **{"texts/hi.toml": without})
    ran = pages_tried(project)
    assert "expected kind under [examples] of" in ran.stderr and "functions/count_smiles/texts/hi.toml" in ran.stderr
    modules = {name for name in PAGES if name.endswith(".py")}
    assert {name for name, content in said(project).items() if content != before[name]} <= modules
