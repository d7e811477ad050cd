"""What worker processes reach of the control process: its clock, its counts, and in the memory cloud its database."""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.managers import BaseManager
from typing import Any


@dataclass(frozen=True)
class Shared:
    """An object of the control process, and the methods of it that workers may call."""

    referent: object
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Address:
    path: str
    key: str
    names: tuple[str, ...]


def serve(shared: Mapping[str, Shared]) -> Address:
    """Serves until this process ends."""

    class Manager(BaseManager):
        pass

    for name, item in shared.items():
        Manager.register(name, callable=lambda item=item: item.referent, exposed=item.methods)
    key = secrets.token_bytes(32)
    server = Manager(authkey=key).get_server()
    threading.Thread(target=server.serve_forever, name="link", daemon=True).start()
    return Address(str(server.address), key.hex(), tuple(shared))


def connect(address: Address) -> dict[str, Any]:
    """Proxies by name. They may be used by several threads."""

    class Manager(BaseManager):
        pass

    for name in address.names:
        Manager.register(name)
    manager = Manager(address=address.path, authkey=bytes.fromhex(address.key))
    manager.connect()
    return {name: getattr(manager, name)() for name in address.names}
