"""The table of docs/security.md that says who may read what the suite alone writes, from functions/*/function.json."""

import re
from typing import get_args

from block import with_block

from local.functions import Collection, Role, load

ROLES = get_args(Role)


def row(collection: Collection) -> str:
    path = re.sub(r"\{\w+\}", "{id}", collection.document).replace("salons/{id}", "salons/{salon}")
    rights = ("gl" if role in (collection.readers or ()) else "-" for role in ROLES)
    return f"| `{path}` | {' | '.join(rights)} |"


def with_rights(page: str) -> str:
    declared = (each for function in load() for each in function.collections if each.readers is not None)
    rows = (row(each) for each in sorted(declared, key=lambda each: (not each.is_salons, each.document)))
    table = [f"| document | {' | '.join(ROLES)} |", "|" + "---|" * (len(ROLES) + 1), *rows, ""]
    return with_block(page, "rights", "\n".join(table))
