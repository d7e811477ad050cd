"""Writes everything that is made of the functions' folders and of the models: `make pages`. A test compares it all.

Each writer is given what its file says now, and returns what it shall say: what stands there by hand stays.
"""

from collections.abc import Callable
from pathlib import Path

import audit_word_table
import event_map
import event_table
import function_table
import generated_modules
import index_file
import kept_table
import rights_table
import rules_block
import schema_page
import texts_page

ROOT = Path(__file__).resolve().parents[1]

PAGES: dict[str, Callable[[str], str]] = {
    **generated_modules.MODULES,
    "firestore.rules": rules_block.with_rules,
    "firestore.indexes.json": index_file.indexes,
    "README.md": function_table.with_table,
    "docs/architecture.svg": event_map.drawn,
    "docs/architecture.md": event_table.with_table,
    "docs/operations.md": kept_table.with_periods,
    "docs/schema.md": lambda page: audit_word_table.with_table(
        schema_page.with_tables(schema_page.with_collections(page))
    ),
    "docs/security.md": rights_table.with_rights,
    "docs/texts.html": texts_page.page,
}


def write(pages: dict[str, Callable[[str], str]]) -> None:
    """Writes these, or none of them where one cannot be made."""
    paths = {ROOT / name: written for name, written in pages.items()}
    made = {path: written(path.read_text() if path.exists() else "") for path, written in paths.items()}
    for path, content in made.items():
        path.write_text(content)


if __name__ == "__main__":
    # Modules come first: pages import them.
    write(generated_modules.MODULES)
    write(PAGES)
