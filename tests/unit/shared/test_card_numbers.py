"""What counts as a card number in free text, and what doesn't."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.card_numbers import contains_card_number

NUMBERS = [
    "4111111111111111",  # Visa
    "4222222222222",  # Visa, 13 digits
    "4000056655665556007",  # Visa, 19 digits
    "5555555555554444",  # Mastercard
    "2223003122003222",  # Mastercard
    "378282246310005",  # American Express
    "341111111111111",  # American Express
    "6011111111111117",  # Discover
    "6500000000000002",  # Discover
    "30569309025904",  # Diners Club
    "38520000023237",  # Diners Club
    "3530111333300000",  # JCB
    "6200000000000005",  # UnionPay
    "6759649826438453",  # Maestro
    "2200000000000004",  # Mir
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_found_wherever_it_stands(number: str) -> None:
    for text in (
        number,
        f"card: {number}.",
        f"({number})",
        f"no onions\n{number}\nthanks",
        f"_{number}_",
        f"é {number}",
    ):
        assert contains_card_number(text), text


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111-1111 1111-1111",
        "3782 822463 10005",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "2 4111 1111 1111 1111",  # a quantity before it
        "4111 1111 1111 1111 12 27",  # the expiry behind it
        "4111 1111 1111 1111 123 12-27",
        "table 12 - 4111 1111 1111 1111",
        "4111\N{NO-BREAK SPACE}1111\N{EN DASH}1111\N{NON-BREAKING HYPHEN}1111",
        "４１１１１１１１１１１１１１１１",  # noqa: RUF001 - full-width digits are what an Asian keyboard types.
        "٤١١١١١١١١١١١١١١١",
    ],
)
def test_single_spaces_and_dashes_hide_nothing(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no onions please 🌶️",
        "4111111111111112",  # the check digit is wrong
        "411111111111",  # too short
        "1111111111111117",  # no scheme begins so
        "0000000000000000",
        "9999999999999995",
        "41111111111111111111",  # 20 digits
        "411111111111116",  # a Visa of 15 digits
        "3782822463100050",  # 16 digits and American Express's prefix
        "4111  1111  1111  1111",  # two spaces
        "4111.1111.1111.1111",
        "4111\t1111\t1111\t1111",
        "x4111111111111111",
        "4111111111111111x",
        "ñ4111 1111 1111 1111",
        "4111 1111 1111 1111é",
        "a4111-1111-1111-1111b",
        "4111 1111 1x11 1111",
        "4111111111111111²",
        "+1 242 555 0123",
        "2027-12-31 23:59:59",
        "0d1f4111-1111-4111-8111-111111111111",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert not contains_card_number(text)


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    assert contains_card_number(f"{text}\n4111111111111111\n{text}")
    contains_card_number(text)


@given(st.uuids())
def test_the_answer_for_a_uuid_never_depends_on_how_it_is_written(uuid: object) -> None:
    assert contains_card_number(str(uuid)) == contains_card_number(str(uuid).upper())


@pytest.mark.parametrize("unit", ["4", "4 ", "41-", "4111 1111 1111 1112 ", "a4 ", "4111111111111111x"])
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started_s = time.process_time()
    assert not contains_card_number(text)
    assert time.process_time() - started_s < 3.0
