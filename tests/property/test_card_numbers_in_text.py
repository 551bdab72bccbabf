"""A card number is found wherever somebody types it, and ordinary notes are let through."""

from hypothesis import given
from hypothesis import strategies as st

from domain.shared.card_numbers import contains_card_number
from tests.fixtures.strategies import card_numbers, notes


@given(before=notes(), number=card_numbers(), after=notes())
def test_a_card_number_between_words_is_found(before: str, number: str, after: str) -> None:
    assert contains_card_number(f"{before} : {number} : {after}")


@given(number=card_numbers(), beside=st.sampled_from("xß字"), first=st.booleans())
def test_a_letter_right_beside_it_makes_it_something_else(number: str, beside: str, first: bool) -> None:  # noqa: FBT001 - a coin that hypothesis tosses
    digits = number.replace(" ", "").replace("-", "")
    assert not contains_card_number(beside + digits if first else digits + beside)


@given(text=notes())
def test_notes_without_that_many_digits_are_let_through(text: str) -> None:
    assert not contains_card_number(text)
