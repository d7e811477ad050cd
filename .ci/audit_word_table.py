"""The table of audit words in docs/schema.md: which there are, and the files that write each."""

import ast
from collections import defaultdict
from pathlib import Path

from block import with_block
from written_words import audit_words

ROOT = Path(__file__).resolve().parents[1]


def table() -> str:
    writers = defaultdict(set)
    for path in (path for folder in ("functions", "shared") for path in (ROOT / folder).rglob("*.py")):
        for word in audit_words(ast.parse(path.read_text(), str(path))):
            writers[word.value].add(path.relative_to(ROOT).as_posix())
    rows = (f"| `{word}` | {', '.join(f'`{path}`' for path in sorted(writers[word]))} |" for word in sorted(writers))
    return "\n".join(["| word | written by |", "|---|---|", *rows, ""])


def with_table(page: str) -> str:
    return with_block(page, "audit words", table())
