"""What a page says, as a browser reads it, and what a screen reader would miss."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from shared.values.language import LANGUAGES

VOID = {"meta", "input", "br"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children).strip()

    def all(self, tag: str) -> list["Element"]:
        return [each for each in self._below() if each.tag == tag]

    def _below(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._below()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"expected </{self.open[-1].tag}>, found </{tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_page(html: str) -> Element:
    """The page as a tree. Every element must be closed."""
    reader = _Reader()
    reader.feed(html)
    assert len(reader.open) == 1, f"expected </{reader.open[-1].tag}>, found the end"
    [page] = reader.open[0].all("html")
    return page


def told(page: Element) -> list[str]:
    """The paragraphs of the page, in their order."""
    return [paragraph.text for paragraph in page.all("p")]


def answers(page: Element) -> dict[str, str]:
    """What can be pressed: each answer, and what its button says."""
    return {str(button.attributes["value"]): button.text for button in page.all("button")}


def faults(page: Element) -> list[str]:
    """What axe-core would say of such a page: its rules html-has-lang, document-title, landmark-one-main, region,
    page-has-heading-one, definition-list, button-name, link-name, label and meta-viewport."""
    [body] = page.all("body")
    [main] = page.all("main") or [Element("main", {})]
    named = [*page.all("button"), *page.all("a")]
    shown = [each for each in page.all("input") if each.attributes.get("type") != "hidden"]
    viewport = [
        each.attributes.get("content") for each in page.all("meta") if each.attributes.get("name") == "viewport"
    ]
    rules = {
        "html-has-lang": page.attributes.get("lang") in LANGUAGES,
        "document-title": bool([each for each in page.all("title") if each.text]),
        "landmark-one-main": len(page.all("main")) == 1,
        "region": body.text == main.text,
        "page-has-heading-one": len(page.all("h1")) == 1,
        "definition-list": not page.all("dl"),
        "button-name and link-name": all(each.text for each in named),
        "label": [each for label in page.all("label") if label.text for each in label.all("input")] == shown,
        "meta-viewport": viewport == ["width=device-width, initial-scale=1"],
    }
    return [rule for rule, kept in rules.items() if not kept]
