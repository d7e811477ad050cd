"""A customer as they are spoken to."""

import pytest

from shared.customers.customer import Customer


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
        ("", ""),
    ],
)
def test_a_customer_is_called_by_their_first_name_unless_it_is_a_title_or_an_initial(name: str, called: str) -> None:
    assert Customer.from_document("c1", {"name": name}).called == called
