"""Writes functions/wake_due/groups.py: the collection groups that some function.json asks to be woken for."""

from pathlib import Path

from local.functions import DueTrigger, load

GROUPS = Path(__file__).resolve().parents[1] / "functions" / "wake_due" / "groups.py"
# In this order offers that are over come before the rounds that count on them; right without it, but one round later.
PAGE = """\"\"\"The collection groups that some function is woken for, from every function.json. Written by `make pages`.\"\"\"

GROUPS = ({groups})
"""


def written() -> str:
    due = {
        trigger.collection for function in load() for trigger in function.triggers if isinstance(trigger, DueTrigger)
    }
    return PAGE.format(
        groups=", ".join(f'"{group}"' for group in sorted({name.split("/")[-1] for name in due}, reverse=True))
    )


if __name__ == "__main__":
    GROUPS.write_text(written())
