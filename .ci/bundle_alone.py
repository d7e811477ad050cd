"""Boots one unpacked bundle in this process, as its container would, and prints what that took and loaded.

python -I bundle_alone.py FOLDER TARGET  ->  {"ms": ..., "ours": [...], "strangers": [...], "compiled": [...]}

With a request on standard input (a JSON object with headers and body) it also delivers that, and prints the status.
"""

import importlib
import json
import sys
import time
from pathlib import Path

folder, target = Path(sys.argv[1]).resolve(), sys.argv[2]
compiled: list[str] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "compile" and str(arguments[1]).startswith(str(folder)):
        compiled.append(str(arguments[1]))


sys.addaudithook(watch)
started = time.perf_counter()
from functions_framework import create_app  # noqa: E402  (part of what is measured)

app = create_app(target=target, source=str(folder / "main.py"))
ms = (time.perf_counter() - started) * 1000

OURS = ("functions", "shared")
booted = {name for name in sys.modules if name.split(".")[0] in OURS}
for file in sorted(folder.rglob("*.py")):
    # What is imported only inside functions must be there too.
    parts = file.relative_to(folder).with_suffix("").parts
    if parts != ("main",):
        importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))

modules = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
report: dict[str, object] = {
    "ms": round(ms),
    "booted": sorted(booted),
    "outside": sorted(
        name
        for name, file in modules.items()
        if name.split(".")[0] in (*OURS, "local", "tests") and not file.startswith(str(folder))
    ),
    "compiled": compiled,
}
if request := sys.stdin.read():
    asked = json.loads(request)
    answer = app.test_client().post("/", headers=asked["headers"], data=asked["body"].encode())
    report["status"] = answer.status_code
sys.__stdout__.write("\n" + json.dumps(report) + "\n")
