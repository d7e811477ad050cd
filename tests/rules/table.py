"""The tables of docs/security.md, which are the source of who may what: of what people and apps write, and of what the suite
alone writes."""

from pathlib import Path

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
OPS = {"g": "get", "l": "list", "c": "create", "u": "update", "d": "delete"}


def rights() -> dict[str, dict[str, set[str]]]:
    """By document and role."""
    return {**_table("table: rights", "table"), **_table("rights: written by `make pages`", "rights")}


def _table(opening: str, closing: str) -> dict[str, dict[str, set[str]]]:
    lines = _between(opening, closing).splitlines()
    _, *roles = _cells(lines[0])
    found = {}
    for line in lines[2:]:
        path, *cells = _cells(line)
        found[path.strip("`")] = {
            role: {OPS[letter] for letter in cell.replace("-", "")} for role, cell in zip(roles, cells, strict=True)
        }
    return found


def _between(opening: str, closing: str) -> str:
    text = SECURITY.read_text(encoding="utf-8")
    return text.split(f"<!-- {opening} -->", 1)[1].split(f"<!-- /{closing} -->", 1)[0].strip()


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
