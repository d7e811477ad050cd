"""docs/architecture.svg: which function announces what to whom, from functions/*/function.json.

Announcing functions stand on the left, what somebody hears of in the middle, who hears it on the right, each column ordered so
that lines cross seldom; below are those that neither announce nor hear. What nobody hears is in the table of events, not here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import mean
from textwrap import wrap

from local.functions import (
    DueTrigger,
    EventsTrigger,
    FirestoreTrigger,
    Function,
    HttpTrigger,
    JobTrigger,
    TickTrigger,
    Trigger,
    load,
)

WIDTH, MARGIN, TOP, LINE, PADDING, GAP = 1080, 20, 84, 17, 9, 14
COLUMNS = {"said": (20, 270), "event": (430, 240), "heard": (790, 270)}
"""Where each begins, and how wide its boxes are."""
LETTERS = 38
"""So many of the small ones go into a line of a function's box."""
HUES = (210, 25, 140, 280, 350, 60, 180, 100)
STYLE = """
    :root { --paper: #ffffff; --ink: #1f2328; --quiet: #59636e; --line: #6e7781; --fn: #dcf5e1; --topic: #ffeccc; --light: 42%; }
    @media (prefers-color-scheme: dark) {
      :root { --paper: #151b23; --ink: #f0f6fc; --quiet: #a3adb8; --line: #8b949e; --fn: #1b4428; --topic: #55390b; --light: 66%; }
    }
    text { fill: var(--ink); dominant-baseline: central; }
    .quiet { fill: var(--quiet); font-size: 12px; }
    .event { text-anchor: middle; font-size: 12px; }
    .head { font-weight: 600; }
    rect { stroke: var(--line); }
    .paper { fill: var(--paper); stroke: none; }
    .fn { fill: var(--fn); }
    .topic { fill: var(--topic); }
    path { fill: none; stroke-width: 1.5; }
"""

Edges = Mapping[str, frozenset[str]]
Pairs = set[tuple[str, str]]


@dataclass(frozen=True)
class Box:
    """A function, several that say the same, or event types that are said by the same and heard by the same."""

    key: str
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        return 2 * PADDING + LINE * (len(self.lines) + len(self.notes))


def drawn(_: str) -> str:
    functions = load()
    said = {each.name: frozenset(each.announces) & _heard_of(functions) for each in functions}
    heard = {each.name: _awaited(each) for each in functions}
    events = [*_alike(_heard_of(functions), lambda type: (_those(said, type), _those(heard, type)))]
    sayers = [*_alike((name for name in said if said[name]), lambda name: said[name])]
    hearers = [(name,) for name in heard if heard[name]]
    by_name = {each.name: each for each in functions}

    left = [_functions(names, by_name) for names in sayers]
    middle = [Box(types[0], types) for types in events]
    right = [_functions(names, by_name) for names in hearers]
    announces = {(names[0], types[0]) for names in sayers for types in events if types[0] in said[names[0]]}
    reaches = {(types[0], names[0]) for types in events for names in hearers if types[0] in heard[names[0]]}
    for _round in range(8):
        middle = _ordered(middle, (left, announces), (right, reaches))
        left = _ordered(left, (middle, announces))
        right = _ordered(right, (middle, reaches))
    silent = [each for each in functions if not said[each.name] and not heard[each.name]]
    return _svg(left, middle, right, announces, reaches, silent)


def _heard_of(functions: Iterable[Function]) -> frozenset[str]:
    return frozenset().union(*(_awaited(each) for each in functions))


def _awaited(function: Function) -> frozenset[str]:
    types = (trigger.event_types for trigger in function.triggers if isinstance(trigger, EventsTrigger))
    return frozenset(type for each in types for type in each)


def _those(edges: Edges, type: str) -> frozenset[str]:
    return frozenset(name for name in edges if type in edges[name])


def _alike(names: Iterable[str], by: Callable[[str], object]) -> Iterator[tuple[str, ...]]:
    """The names in groups of those that have the same edges."""
    groups: dict[object, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(by(name), []).append(name)
    return map(tuple, groups.values())


def _functions(names: tuple[str, ...], by_name: Mapping[str, Function]) -> Box:
    notes = [line for name in names for line in wrap(" · ".join(_ways_in(by_name[name])), LETTERS)]
    return Box(names[0], names, tuple(notes))


def _ways_in(function: Function) -> list[str]:
    return [way for trigger in function.triggers if (way := _way_in(trigger))]


def _way_in(trigger: Trigger) -> str:
    match trigger:
        case FirestoreTrigger(document=document, event=event):
            return f"{document.split('/')[-2]} {event}"
        case HttpTrigger(path=path):
            return path
        case JobTrigger(job=job):
            return f"job {job}"
        case DueTrigger(collection=collection):
            return f"due {collection}"
        case TickTrigger():
            return "tick"
        case _:
            return ""


def _ordered(boxes: list[Box], *beside: tuple[Sequence[Box], Pairs]) -> list[Box]:
    """The boxes in the order of the middle of what they are joined with, in the columns beside."""
    places: dict[str, list[float]] = {}
    for column, pairs in beside:
        at = {box.key: place / len(column) for place, box in enumerate(column)}
        for pair in sorted(pairs):
            for mine, theirs in (pair, pair[::-1]):
                if theirs in at:
                    places.setdefault(mine, []).append(at[theirs])
    return sorted(boxes, key=lambda box: (round(mean(places[box.key]), 6), box.key))


def _svg(
    left: list[Box], middle: list[Box], right: list[Box], announces: Pairs, reaches: Pairs, silent: list[Function]
) -> str:
    tallest = max(_height(column) for column in (left, middle, right))
    tops = [_tops(column, tallest) for column in (left, middle, right)]
    lines = [
        *_edges(announces, (left, tops[0]), (middle, tops[1]), COLUMNS["said"], COLUMNS["event"], by=0),
        *_edges(reaches, (middle, tops[1]), (right, tops[2]), COLUMNS["event"], COLUMNS["heard"], by=1),
    ]
    boxes = [
        *(_box(box, top, COLUMNS["said"], "fn") for box, top in zip(left, tops[0].values(), strict=True)),
        *(_box(box, top, COLUMNS["event"], "topic") for box, top in zip(middle, tops[1].values(), strict=True)),
        *(_box(box, top, COLUMNS["heard"], "fn") for box, top in zip(right, tops[2].values(), strict=True)),
    ]
    below = TOP + tallest + 2 * GAP
    rows = [f"{each.name}: {' · '.join(_ways_in(each)) or 'every scheduled job'}" for each in silent]
    height = below + LINE * (len(rows) + 1) + MARGIN
    title = "What functions announce to each other"
    heads = zip(COLUMNS.values(), ("announces, in the commit of its change", "on salon-events", "hears"), strict=True)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title" '
            """font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="14">""",
            f'  <title id="title">{title}</title>',
            f"  <style>{STYLE}  </style>",
            f'  <rect class="paper" width="{WIDTH}" height="{height}" rx="12"/>',
            _text(MARGIN, 30, title, "head"),
            *(_text(x, TOP - 26, head, "quiet") for (x, _), head in heads),
            *lines,
            *boxes,
            _text(MARGIN, below, "Neither announce nor hear an event:" if rows else "", "quiet"),
            *(_text(MARGIN, below + LINE * row, text, "quiet") for row, text in enumerate(rows, 1)),
            "</svg>",
            "",
        ]
    )


def _height(column: list[Box]) -> int:
    return sum(box.height for box in column) + GAP * (len(column) - 1)


def _tops(column: list[Box], tallest: int) -> dict[str, float]:
    """Where each box begins; what is left of the tallest column's height is shared out between them."""
    space = GAP + (tallest - _height(column)) / len(column)
    tops, top = {}, TOP + (space - GAP) / 2
    for box in column:
        tops[box.key] = top
        top += box.height + space
    return tops


def _edges(
    pairs: Pairs,
    start: tuple[list[Box], dict[str, float]],
    end: tuple[list[Box], dict[str, float]],
    start_column: tuple[int, int],
    end_column: tuple[int, int],
    *,
    by: int,
) -> Iterator[str]:
    """Curves in the hue of the function, that of `by` in each pair, each with a place of its own on both boxes."""
    functions = [box.key for box in (start, end)[by][0]]
    middles = [{box.key: tops[box.key] + box.height / 2 for box in column} for column, tops in (start, end)]
    left, right = start_column[0] + start_column[1], end_column[0]
    for pair in sorted(pairs):
        ys = []
        for side, (column, tops) in enumerate((start, end)):
            others = sorted(
                (each for each in sorted(pairs) if each[side] == pair[side]),
                key=lambda each: middles[1 - side][each[1 - side]],
            )
            box = next(box for box in column if box.key == pair[side])
            ys.append(tops[box.key] + box.height * (others.index(pair) + 1) / (len(others) + 1))
        bend = (left + right) / 2
        hue = HUES[functions.index(pair[by]) % len(HUES)]
        path = f"M{left} {ys[0]:.1f}C{bend} {ys[0]:.1f} {bend} {ys[1]:.1f} {right} {ys[1]:.1f}"
        yield f'  <path d="{path}" style="stroke: hsl({hue} 55% var(--light))"/>'


def _box(box: Box, top: float, column: tuple[int, int], kind: str) -> str:
    x, width = column
    first = top + PADDING + LINE / 2
    at, css = (x + width / 2, "event") if kind == "topic" else (x + 12, "")
    texts = [*((line, css) for line in box.lines), *((note, "quiet") for note in box.notes)]
    return "\n".join(
        [
            f'  <rect class="{kind}" x="{x}" y="{top:.1f}" width="{width}" height="{box.height}" rx="4"/>',
            *(_text(at, first + LINE * row, text, css) for row, (text, css) in enumerate(texts)),
        ]
    )


def _text(x: float, y: float, text: str, css: str) -> str:
    return f'  <text class="{css}" x="{x:g}" y="{y:.1f}">{escape(text)}</text>'
