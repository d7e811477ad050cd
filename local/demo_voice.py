"""How the demo tells its story on a terminal."""

import os
import textwrap
from datetime import datetime
from typing import Any

from local.demo_salon import ZONE

WIDTH = 100


class Voice:
    """The story on a terminal."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._styled = stream.isatty() and not os.environ.get("NO_COLOR")

    def title(self, text: str) -> None:
        self._say(f"\n{self._style(text, '1')}\n")

    def tell(self, at: datetime, what: str, text: str) -> None:
        when = self._style(f"{at.astimezone(ZONE):%H:%M:%S}", "2")
        first, *others = textwrap.wrap(text, WIDTH - 22)
        self._say(f"{when}  {self._style(f'{what:<10}', '1;32')}  {first}")
        for line in others:
            self.more(line)

    def more(self, text: str) -> None:
        for line in textwrap.wrap(text, WIDTH - 22):
            self._say(f"{'':22}{line}")

    def message(self, body: str, buttons: list[str]) -> None:
        for line in textwrap.wrap(body, WIDTH - 30):
            self._say(f"{'':22}{self._style('|', '36')} {line}")
        if buttons:
            self._say(
                f"{'':22}{self._style('|', '36')} {self._style('  '.join(f'[{button}]' for button in buttons), '36')}"
            )

    def failure(self, step: str, reason: str) -> None:
        self._say(f"\n{self._style(f'Failed at the step: {step}.', '1;31')} {reason}\n")

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def _style(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._styled else text
