"""The README's table of functions, from functions/*/function.json, between its two markers."""

from block import with_block

from local.functions import (
    DueTrigger,
    EventsTrigger,
    FirestoreTrigger,
    Function,
    HttpTrigger,
    JobTrigger,
    TicksTrigger,
    TickTrigger,
    Trigger,
    load,
)


def way_in(trigger: Trigger) -> str:
    match trigger:
        case FirestoreTrigger():
            return f"Firestore `{trigger.document}` {trigger.event}"
        case EventsTrigger():
            of_agent = f" of `{trigger.agent}`" if trigger.agent else ""
            return ("events " if len(trigger.event_types) > 1 else "event ") + ", ".join(trigger.event_types) + of_agent
        case JobTrigger():
            when = f"at `{trigger.schedule}`, once per salon" if trigger.schedule else "when asked for"
            return f"job `{trigger.job}` {when}"
        case DueTrigger():
            return f"due `{trigger.collection}`"
        case TickTrigger():
            return f"tick at `{trigger.schedule}`, once for all salons"
        case TicksTrigger():
            return "every scheduled job's tick"
        case HttpTrigger():
            return f"{' and '.join(trigger.methods)} `{trigger.path}`, {trigger.access}"


def row(function: Function) -> str:
    pages = [f"page `{page.path}` for a console" for page in function.pages]
    ways = "; ".join([*map(way_in, function.triggers), *pages])
    return f"| [{function.name}](functions/{function.name}/main.py) | {ways} | {function.description} |"


def table() -> str:
    return "\n".join(["| function | way in | does |", "|---|---|---|", *map(row, load()), ""])


def with_table(readme: str) -> str:
    return with_block(readme, "functions", table())
