"""Order numbers come in blocks, and no number comes twice."""

import pytest

from domain.numbering.commands import ReserveNumbers
from domain.numbering.decider import BLOCK_MAX, NUMBERING
from domain.numbering.events import NumbersReserved
from domain.shared.refusals import ValidationFailed
from tests.unit.given import given


def test_the_days_first_block_begins_with_number_one() -> None:
    given(NUMBERING).when(ReserveNumbers(count=16)).then(NumbersReserved(first=1, count=16))


def test_each_block_begins_where_the_last_one_ended() -> None:
    history = given(NUMBERING, NumbersReserved(first=1, count=16), NumbersReserved(first=17, count=4))
    history.when(ReserveNumbers(count=1)).then(NumbersReserved(first=21, count=1))


@pytest.mark.parametrize("count", [0, -1, BLOCK_MAX + 1])
def test_a_block_has_at_least_one_number_and_not_too_many(count: int) -> None:
    refusal = given(NUMBERING).when(ReserveNumbers(count=count)).refused(ValidationFailed)
    assert refusal.details == {"field": "count"}


@pytest.mark.parametrize("count", [1, BLOCK_MAX])
def test_the_smallest_and_the_largest_block_are_handed_out(count: int) -> None:
    given(NUMBERING).when(ReserveNumbers(count=count)).then(NumbersReserved(first=1, count=count))


def test_numbers_never_go_back_whatever_was_recorded() -> None:
    history = given(NUMBERING, NumbersReserved(first=100, count=10), NumbersReserved(first=1, count=10))
    assert history.state.next_number == 110
