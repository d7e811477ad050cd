"""The block of firestore.rules about what the suite alone writes, from functions/*/function.json."""

from block import with_block

from local.functions import Collection, load


def match(collection: Collection) -> str:
    roles = ", ".join(f"'{role}'" for role in collection.readers or ())
    return f"      match /{collection.within} {{\n        allow get, list: if by([{roles}]);\n      }}\n"


def with_rules(rules: str) -> str:
    collections = (collection for function in load() for collection in function.collections if collection.readers)
    content = "\n".join(match(collection) for collection in sorted(collections, key=lambda each: each.document))
    return with_block(rules, "collections", content, kind="rules")
