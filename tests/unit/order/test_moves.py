"""All 36 pairs of states: six moves are made, thirty are refused."""

from itertools import product

import pytest

from domain.order.commands import CompleteOrder
from domain.order.decider import ORDER
from domain.order.errors import InvalidStatusTransition, OrderNotFound
from domain.order.events import CancelledBy, OrderCancelled
from domain.order.moves import LEGAL_MOVES, move_by_staff, require_move
from domain.order.state import Status
from tests.unit.given import given
from tests.unit.order.examples import CONFIRMED_HISTORY, HISTORIES, NOTES, ORDER_ID

CONTRACT = {
    (Status.PENDING, Status.CONFIRMED),
    (Status.PENDING, Status.CANCELLED),
    (Status.CONFIRMED, Status.PREPARING),
    (Status.CONFIRMED, Status.CANCELLED),
    (Status.PREPARING, Status.READY),
    (Status.READY, Status.COMPLETED),
}
PAIRS = list(product(HISTORIES, HISTORIES))


@pytest.mark.parametrize(("current", "wanted"), PAIRS)
def test_staff_can_make_the_moves_of_the_contract_and_no_other(current: Status, wanted: Status) -> None:
    history = given(ORDER, *HISTORIES[current])
    assert history.state.status is current

    if (current, wanted) in CONTRACT:
        outcome = history.when(move_by_staff(ORDER_ID, current, wanted))
        assert outcome.refusal is None
        assert outcome.state.status is wanted
    else:
        with pytest.raises(InvalidStatusTransition) as refusal:
            ORDER.decide(history.state, move_by_staff(ORDER_ID, current, wanted))
        assert refusal.value.details == {"status": current.value, "wanted": wanted.value}
        assert current in refusal.value.message
        assert wanted in refusal.value.message


def test_there_are_thirty_six_pairs() -> None:
    assert len(PAIRS) == 36


@pytest.mark.parametrize(("current", "wanted"), PAIRS)
def test_the_table_is_the_contracts(current: Status, wanted: Status) -> None:
    assert (wanted in LEGAL_MOVES[current]) is ((current, wanted) in CONTRACT)


def test_an_order_that_is_not_there_can_only_be_placed() -> None:
    require_move(Status.NEW, Status.PENDING)
    with pytest.raises(InvalidStatusTransition):
        require_move(Status.NEW, Status.CONFIRMED)


@pytest.mark.parametrize("wanted", HISTORIES)
def test_an_order_that_is_not_there_is_not_found_whatever_is_wanted_of_it(wanted: Status) -> None:
    with pytest.raises(OrderNotFound):
        move_by_staff(ORDER_ID, Status.NEW, wanted)
    given(ORDER).when(CompleteOrder(order_id=ORDER_ID)).refused(OrderNotFound)


def test_staff_who_cancel_may_say_why() -> None:
    command = move_by_staff(ORDER_ID, Status.CONFIRMED, Status.CANCELLED, NOTES)
    given(ORDER, *CONFIRMED_HISTORY).when(command).then(
        OrderCancelled(order_id=ORDER_ID, cancelled_by=CancelledBy.STAFF, reason=NOTES)
    )
