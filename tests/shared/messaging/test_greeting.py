"""What a customer is greeted by."""

import pytest

from shared.messaging.greeting import greeted_by


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Mina Dale", "Mina"),
        ("  Mina   Dale ", "Mina"),
        ("Mina", "Mina"),
        ("मीना शर्मा", "मीना"),
        ("Mrs Dale", "Mrs Dale"),
        ("Dr. Anna  Khan", "Dr. Anna Khan"),
        ("A Rao", "A Rao"),
        ("Mme Gagnon", "Mme Gagnon"),
        ("श्रीमती शर्मा", "श्रीमती शर्मा"),
        ("De Souza", "De Souza"),
        ("Van der Berg", "Van der Berg"),
        ("Dale, Mina", "Mina"),
        ("Dale, Mina Ann", "Mina"),
        ("王 小明", "王 小明"),
        ("Jean-Luc Roy", "Jean-Luc"),
        ("D'Arcy Wu", "D'Arcy"),
        ("", ""),
    ],
)
def test_a_customer_is_called_by_their_first_name_as_far_as_it_can_be_known(name: str, called: str) -> None:
    assert greeted_by(name) == called
