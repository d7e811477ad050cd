"""A block of a file that is written by `make pages`, between two marks that stand there by hand."""

from collections.abc import Mapping

COMMENTS: Mapping[str, tuple[str, str]] = {"md": ("<!-- ", " -->"), "rules": ("// ", "")}


def with_block(text: str, name: str, content: str, *, kind: str = "md") -> str:
    """The text with this content, which ends with a line break, between the marks of that name."""
    opening, closing = COMMENTS[kind]
    begin, end = f"{opening}{name}: written by `make pages`{closing}\n", f"{opening}/{name}{closing}\n"
    before, _, rest = text.partition(begin)
    written, _, after = rest.partition(end)
    if not rest or written == rest:
        raise ValueError(f"expected the marks {begin!r} and {end!r}, found not both")
    # What stands before the second mark in its line is its indentation.
    indentation = written.rpartition("\n")[2]
    return before + begin + content + indentation + end + after
