"""The modules that gather what every function.json says, for the functions that have to know of all others."""

from collections.abc import Callable, Iterable

from local.functions import DueTrigger, Kept, load


def due_groups(_: str) -> str:
    due = {
        trigger.collection for function in load() for trigger in function.triggers if isinstance(trigger, DueTrigger)
    }
    # In this order offers that are over come before the rounds that count on them; right without it, but one round later.
    groups = sorted({collection.split("/")[-1] for collection in due}, reverse=True)
    return (
        '"""The collection groups that some function is woken for, from every function.json. Written by `make pages`."""\n\n'
        f"GROUPS: tuple[str, ...] = {_listed(groups)}\n"
    )


def agent_settings(_: str) -> str:
    names = {name for function in load() if function.agent for name in function.agent.settings}
    return (
        '"""The settings of agents that some function goes by, from every function.json. Written by `make pages`."""\n\n'
        f"HEEDED: tuple[str, ...] = {_listed(sorted(names))}\n"
    )


def sections(_: str) -> str:
    rooms = [function.name for function in load() if (function.folder / "settings.py").exists()]
    imports = "".join(f"from functions.{room} import settings as {room}\n" for room in rooms)
    bases = "".join(f"    {room}.Settings,\n" for room in rooms)
    return (
        '"""The settings that a salon may have: those of all functions, from every settings.py. Written by `make pages`."""\n\n'
        f"{imports}from shared.salon.settings import SalonSettings\n\n\n"
        f"class AllSettings(\n{bases}    SalonSettings,\n):\n"
        '    """All sections, as the owner may write them."""\n'
    )


def kept_collections(_: str) -> str:
    kept = [each for function in load() for each in function.collections if isinstance(each.kept, Kept)]
    of_salons = {each.group for each in kept if each.is_salons and not each.lies_below}
    below_others = {each.group for each in kept if each.is_salons and each.lies_below}
    of_routes = {each.group for each in kept if each.document.startswith("channel_routes/{route_id}/")}
    return (
        '"""The collections whose documents say when they may go, from every function.json. Written by `make pages`."""\n\n'
        f"OF_SALONS: tuple[str, ...] = {_listed(sorted(of_salons))}\n"
        f"BELOW_OTHERS: tuple[str, ...] = {_listed(sorted(below_others))}\n"
        '"""Of a salon as well, below documents of other collections."""\n\n'
        f"OF_ROUTES: tuple[str, ...] = {_listed(sorted(of_routes))}\n"
        '"""Below the route of a number, above the salons."""\n'
    )


def _listed(names: Iterable[str]) -> str:
    """As the formatter leaves it, however many there are."""
    lines = "".join(f'    "{name}",\n' for name in names)
    return f"(\n{lines})" if lines else "()"


MODULES: dict[str, Callable[[str], str]] = {
    "functions/wake_due/groups.py": due_groups,
    "functions/apply_settings/agent_settings.py": agent_settings,
    "functions/apply_settings/sections.py": sections,
    "functions/clean_up/kept_collections.py": kept_collections,
}
