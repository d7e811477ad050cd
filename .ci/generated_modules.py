"""Writes the modules that gather what every function.json says, for the functions that have to know of all others."""

from collections.abc import Callable, Iterable

from local.functions import DueTrigger, load


def due_groups(_: str) -> str:
    due = {
        trigger.collection for function in load() for trigger in function.triggers if isinstance(trigger, DueTrigger)
    }
    # In this order offers that are over come before the rounds that count on them; right without it, but one round later.
    groups = sorted({collection.split("/")[-1] for collection in due}, reverse=True)
    return (
        '"""The collection groups that some function is woken for, from every function.json. Written by `make pages`."""\n\n'
        f"GROUPS = ({_listed(groups)})\n"
    )


def agent_settings(_: str) -> str:
    names = sorted({name for function in load() if function.agent for name in function.agent.settings})
    return (
        '"""The settings of agents that some function goes by, from every function.json. Written by `make pages`."""\n\n'
        f"HEEDED = frozenset({{{_listed(names)}}})\n"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


MODULES: dict[str, Callable[[str], str]] = {
    "functions/wake_due/groups.py": due_groups,
    "functions/apply_settings/agent_settings.py": agent_settings,
}
