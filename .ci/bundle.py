"""Stages every function as it is deployed: build/bundles/<name>.zip, the same bytes on every run.

A bundle holds the door as main.py, the modules of its room and of shared/ that it reaches, their bytecode, and the pins that
they need. Terraform
names the uploaded object by the bundle's hash, so a change redeploys the functions that reach it, and no other.
"""

import hashlib
import importlib.util
import io
import marshal
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from bundle_imports import ROOT, BundleError, reach
from bundle_pins import pins

BUNDLES = ROOT / "build" / "bundles"
LISTENS = "shared/messaging/lexicon.py"
RENDERS, SPEAKS = "shared/messaging/texts.py", "shared/messaging/phrases.py"
ROOMS = ("functions/*", "shared/*")
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""Says in a .pyc that its source need not be compared: the time stamps of a deployed file say nothing."""
WITHOUT_REFERENCES = 2
"""Later formats of marshal share equal objects by how often something else in this process happens to use them, so
the same source would give different bytes."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
READABLE_FILE = 0o100644 << 16
UNIX = 3


def stage(function: str, root: Path = ROOT) -> dict[str, bytes]:
    """The files of a bundle by their path in it."""
    door = root / "functions" / function / "main.py"
    reached = reach(door, root)
    staged: dict[str, bytes] = {}
    for file in (*reached.files, *words(reached.files, root)):
        name = file.name if file == door else file.relative_to(root).as_posix()
        staged[name] = file.read_bytes()
        if file.suffix == ".py":
            staged[importlib.util.cache_from_source(name)] = bytecode(staged[name], name)
    staged["requirements.txt"] = "".join(f"{line}\n" for line in pins(reached.foreign, root)).encode()
    return dict(sorted(staged.items()))


def words(reached: frozenset[Path], root: Path) -> Iterator[Path]:
    """The texts that a bundle speaks: those of every room where it renders messages, else those of the rooms that it reaches
    and whose phrases it says. And the lexicons, where it understands what people write."""
    if root / LISTENS in reached:
        yield from root.glob("shared/messaging/lexicons/*.toml")
    if root / RENDERS in reached:
        yield from (file for room in ROOMS for file in root.glob(f"{room}/texts/*.toml"))
    elif root / SPEAKS in reached:
        yield from (file for room in {file.parent for file in reached} for file in room.glob("texts/*.toml"))


@cache
def bytecode(source: bytes, name: str) -> bytes:
    # The name in the bundle, not on this machine; the import system corrects it when it loads the file.
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    header = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source)
    return header + marshal.dumps(code, WITHOUT_REFERENCES)


def zipped(staged: Mapping[str, bytes]) -> bytes:
    """Stored, not deflated: how zlib packs depends on its version, and a bundle is small."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in staged.items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.external_attr, entry.create_system = READABLE_FILE, UNIX
            archive.writestr(entry, content)
    return written.getvalue()


def functions(root: Path = ROOT) -> Iterator[str]:
    return (path.parent.name for path in sorted((root / "functions").glob("*/function.json")))


def deployed_runtime(root: Path = ROOT) -> str:
    with (root / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["tool"]["bundle"]["runtime"])


def build(folder: Path = BUNDLES, root: Path = ROOT) -> None:
    found, expected = f"python{sys.version_info.major}{sys.version_info.minor}", deployed_runtime(root)
    if found != expected:
        raise BundleError(
            f"expected {expected}, whose bytecode is deployed (pyproject.toml, tool.bundle), found {found}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    bundles = {f"{function}.zip": stage(function, root) for function in functions(root)}
    for left_over in {path.name for path in folder.glob("*.zip")} - bundles.keys():
        (folder / left_over).unlink()
    for name, staged in bundles.items():
        content = zipped(staged)
        (folder / name).write_bytes(content)
        modules = sum(file.endswith(".py") for file in staged)
        pinned = staged["requirements.txt"].decode().split()
        print(
            f"{name:<26} {hashlib.sha256(content).hexdigest()[:12]}  {len(content) / 1024:6.0f} KiB"
            f"  {modules:3d} modules  {', '.join(pin.partition('==')[0] for pin in pinned)}"
        )


if __name__ == "__main__":
    try:
        build()
    except BundleError as error:
        sys.exit(f"bundle: {error}")
