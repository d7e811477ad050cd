"""Writes the modules that gather what every function.json says, for the functions that have to know of all others."""

from collections.abc import Iterable
from pathlib import Path

from local.functions import DueTrigger, load

FUNCTIONS = Path(__file__).resolve().parents[1] / "functions"


def due_groups() -> str:
    due = {
        trigger.collection for function in load() for trigger in function.triggers if isinstance(trigger, DueTrigger)
    }
    # In this order offers that are over come before the rounds that count on them; right without it, but one round later.
    groups = sorted({collection.split("/")[-1] for collection in due}, reverse=True)
    return (
        '"""The collection groups that some function is woken for, from every function.json. Written by `make pages`."""\n\n'
        f"GROUPS = ({_listed(groups)})\n"
    )


def agent_settings() -> str:
    names = sorted({name for function in load() if function.agent for name in function.agent.settings})
    return (
        '"""The settings of agents that some function goes by, from every function.json. Written by `make pages`."""\n\n'
        "HEEDED = frozenset(\n    {\n" + "".join(f'        "{name}",\n' for name in names) + "    }\n)\n"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


MODULES = {
    FUNCTIONS / "wake_due" / "groups.py": due_groups,
    FUNCTIONS / "apply_settings" / "agent_settings.py": agent_settings,
}

if __name__ == "__main__":
    for path, content in MODULES.items():
        path.write_text(content())
