"""The table of event types in docs/architecture.md, from functions/*/function.json."""

from block import with_block

from local.functions import EventsTrigger, load


def table() -> str:
    functions = load()
    types = sorted({type for function in functions for type in function.announces})
    said = {type: [each.name for each in functions if type in each.announces] for type in types}
    heard = {
        type: [
            each.name
            for each in functions
            for trigger in each.triggers
            if isinstance(trigger, EventsTrigger) and type in trigger.event_types
        ]
        for type in types
    }
    rows = (f"| `{type}` | {_named(said[type])} | {_named(heard[type]) or 'nobody here'} |" for type in types)
    return "\n".join(["| event | announced by | heard by |", "|---|---|---|", *rows, ""])


def _named(functions: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in functions)


def with_table(page: str) -> str:
    return with_block(page, "events", table())
