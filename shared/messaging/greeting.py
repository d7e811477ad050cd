"""What a customer is greeted by."""

from functools import cache

from shared.messaging.phrases import phrases
from shared.values.language import LANGUAGES


def greeted_by(name: str) -> str:
    """The first name as far as it can be known, behind the comma in "Dale, Mina". All of the name where it begins with no first
    name ("Mrs Dale", "De Souza"), with an initial, or in a writing that begins with the family's."""
    family, _, given = name.partition(",")
    first, *others = (given if given and len(family.split()) == 1 else name).split() or [""]
    unsure = len(first) == 1 or first[-1:] in ".," or first.lower() in _no_first_names() or "\u2e80" < first < "\ud7ff"
    return " ".join([first, *others]) if unsure else first


@cache
def _no_first_names() -> frozenset[str]:
    """The titles of every language, and what family names begin with: people bear the names of others' languages too."""
    return frozenset().union(*(phrases(__file__, language)["no_first_name"] for language in LANGUAGES))
