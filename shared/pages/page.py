"""The pages behind links: each is a template of its room, laid out by one base, with nothing from outside."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.values.language import language_of

ROOT = Path(__file__).resolve().parents[2]
_BASE = "base.html"


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
