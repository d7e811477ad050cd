"""Every page that a function declares for a console can be shown: its query answers whatever its template asks for."""

import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import functions
from local.functions import Function, Page, load
from shared.pages.page import rendered
from shared.salon.load_salon import salon_of
from tests.html import faults, read_page, told
from tests.stories.one_hour import OneHour

TOYS = Path(__file__).parents[1] / "toys"
ROOMS = [*load(), *load(TOYS)]
DECLARED = [(function, page) for function in ROOMS for page in function.pages]
each_page = pytest.mark.parametrize(("function", "page"), DECLARED, ids=[page.path for _, page in DECLARED])


@pytest.fixture(autouse=True)
def with_the_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "__path__", [*functions.__path__, str(TOYS)])


def shown(function: Function, page: Page, hour: OneHour) -> str:
    module, _, name = page.query.rpartition(".")
    salon = salon_of(hour.documents, "s1")
    values: dict[str, Any] = getattr(importlib.import_module(module), name)(hour.documents, salon, hour.clock.now())
    return rendered(str(function.source), page.template, locale=salon.locale, **values)


def with_an_ask(function: Function, **fields: Any) -> OneHour:
    hour = OneHour()
    hour.offered(agent_name=function.agent.name if function.agent else "nobody", slot=None, guard=[], **fields)
    return hour


@each_page
def test_a_declared_page_is_shown_whether_or_not_there_is_something_to_show(function: Function, page: Page) -> None:
    for hour in (OneHour(), with_an_ask(function)):
        assert faults(read_page(shown(function, page, hour))) == []


def test_no_two_pages_have_one_address() -> None:
    assert [path for path, times in Counter(page.path for _, page in DECLARED).items() if times > 1] == []


def test_the_toys_page_says_how_many_were_asked_and_what_they_said() -> None:
    [(toy, page)] = [(function, page) for function, page in DECLARED if function.name == "ask_waitlist"]
    hour = with_an_ask(toy, status="responded", response={"received": True, "action": "accepted"})
    assert told(read_page(shown(toy, page, hour))) == ["Asked within seven days: 1", "Said yes: 1", "Said no: 0"]
