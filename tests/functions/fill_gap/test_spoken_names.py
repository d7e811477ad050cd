"""Who a round is about is said in the owner's language, and in no more words than there is room for."""

import pytest

from functions.fill_gap.spoken_names import spoken_names


@pytest.mark.parametrize(
    ("names", "locale", "said"),
    [
        (["Mina"], "en", "Mina"),
        (["Mina", "Ana"], "en", "Mina and Ana"),
        (["Mina", "Ana", "Rosa"], "en-IN", "Mina, Ana and Rosa"),
        (["Mina", "Ana", "Rosa", "Eva"], "en-IN", "Mina, Ana and 2 more"),
        (["Mina", "Ana", "Rosa", "Eva", "Lu"], "es-ES", "Mina, Ana y 3 más"),
        (["Mina", "Ana", "Rosa", "Eva", "Lu"], "hi-IN", "Mina, Ana और 3 अन्य"),
    ],
)
def test_of_many_names_the_first_two_are_said(names: list[str], locale: str, said: str) -> None:
    assert spoken_names(names, locale) == said
