"""The pages behind links: each is a template of its room, laid out by one base, with nothing from outside."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.values.language import language_of

ROOT = Path(__file__).resolve().parents[2]
_BASE = "base.html"


@cache
def headers() -> Mapping[str, str]:
    """What is sent with every answer at a public address: a page runs and loads nothing, is shown in no frame, is kept nowhere,
    and tells nobody its address, which is its secret. Its styles are named by their hash, so that none can be put in."""
    [styles] = re.findall("<style>(.*?)</style>", Path(__file__).with_name(_BASE).read_text(encoding="utf-8"), re.S)
    named = b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{named}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return MappingProxyType(
        {
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
    )


def rendered(file: str, template: str, *, title: str, locale: str, **shown: object) -> str:
    """Fills the template that stands beside this file. Whatever is shown is text, and never markup."""
    values = {"base": _name(__file__, _BASE), "language": language_of(locale), "title": title, **shown}
    return _templates().get_template(_name(file, template)).render(values)


def _name(file: str, template: str) -> str:
    return (Path(file).resolve().parent / template).relative_to(ROOT).as_posix()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
