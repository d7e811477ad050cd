"""Boots one function as `functions-framework --target` does, alone in a process, and prints what that took.

python boot_alone.py SOURCE TARGET  ->  {"modules": [...], "clients": [...], "connections": [...]}
"""

import gc
import json
import sys

source, target = sys.argv[1:]
connections: list[str] = []
sys.addaudithook(lambda event, args: connections.append(str(args[1])) if event == "socket.connect" else None)

from functions_framework import create_app  # noqa: E402  (the hook has to see what its import does)

create_app(target=target, source=source)

clients = sorted(
    {
        f"{type(thing).__module__}.{type(thing).__qualname__}"
        for thing in gc.get_objects()
        if type(thing).__name__.endswith("Client") and type(thing).__module__.startswith(("google.", "twilio."))
    }
)
json.dump({"modules": sorted(sys.modules), "clients": clients, "connections": connections}, sys.stdout)
