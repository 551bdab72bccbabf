"""An order from placed to handed over, line by line."""

import pytest
from msgspec.structs import replace

from domain.order.commands import (
    CancelOrder,
    CompleteOrder,
    ConfirmOrder,
    ReadyLine,
    ReadyOrder,
    RecallOrder,
    StartLine,
    StartPreparing,
)
from domain.order.decider import ORDER
from domain.order.errors import (
    InvalidStatusTransition,
    OrderHasNoLines,
    OrderIdTaken,
    OrderLineNotFound,
    OrderNotFound,
    OrderNotModifiable,
)
from domain.order.events import CancelledBy, LinesReadied, LinesStarted, OrderCancelled, OrderEvent, OrderRecalled
from domain.order.state import LineStatus, Order, Status
from domain.pricing.quote import Quote
from tests.unit.given import given
from tests.unit.order.examples import (
    ALL_READIED,
    ALL_STARTED,
    COMPLETED,
    CONFIRMED,
    CONFIRMED_HISTORY,
    FRITTERS_ID,
    FRITTERS_READIED,
    FRITTERS_STARTED,
    GROUPER_ID,
    GROUPER_READIED,
    GROUPER_STARTED,
    HISTORIES,
    LINES,
    NOTES,
    ORDER_ID,
    PENDING_HISTORY,
    PLACE,
    PLACED,
    PREPARATION,
    PREPARING_HISTORY,
    READIED,
    READY_HISTORY,
    STRANGE_ID,
)

START_FRITTERS = StartLine(order_id=ORDER_ID, line_id=FRITTERS_ID)
START_GROUPER = StartLine(order_id=ORDER_ID, line_id=GROUPER_ID)
READY_FRITTERS = ReadyLine(order_id=ORDER_ID, line_id=FRITTERS_ID)
READY_GROUPER = ReadyLine(order_id=ORDER_ID, line_id=GROUPER_ID)


def test_a_placed_order_is_pending_and_remembers_all_that_was_ordered() -> None:
    order = given(ORDER).when(PLACE).then(PLACED)
    assert order == Order(
        status=Status.PENDING,
        order_id=ORDER_ID,
        session_id=PLACE.session_id,
        table_id=PLACE.table_id,
        table_name="T1",
        cart_id=PLACE.cart_id,
        number=17,
        business_day=PLACE.business_day,
        lines=LINES,
        progress=(LineStatus.CONFIRMED, LineStatus.CONFIRMED),
        quote=PLACE.quote,
        currency="BSD",
        notes=NOTES,
        placed_at=PLACE.placed_at,
        expires_at=PLACE.expires_at,
    )


def test_an_order_with_nothing_to_pay_is_confirmed_at_once() -> None:
    free = Quote(subtotal_minor=0, total_minor=0)
    order = given(ORDER).when(replace(PLACE, quote=free)).then(replace(PLACED, quote=free), CONFIRMED)
    assert order.status is Status.CONFIRMED


def test_an_order_for_one_minor_unit_waits_to_be_paid() -> None:
    cheap = Quote(subtotal_minor=1, total_minor=1)
    given(ORDER).when(replace(PLACE, quote=cheap)).then(replace(PLACED, quote=cheap))


def test_an_order_needs_at_least_one_dish() -> None:
    assert given(ORDER).when(replace(PLACE, lines=())).refused(OrderHasNoLines).code == "CART_EMPTY"


def test_an_order_is_placed_once() -> None:
    given(ORDER, PLACED).when(PLACE).refused(OrderIdTaken)


def test_starting_an_order_starts_all_its_lines() -> None:
    order = given(ORDER, *CONFIRMED_HISTORY).when(StartPreparing(order_id=ORDER_ID)).then(ALL_STARTED, PREPARATION)
    assert order.status is Status.PREPARING
    assert order.progress == (LineStatus.PREPARING, LineStatus.PREPARING)


def test_the_first_line_on_the_stove_takes_the_order_with_it() -> None:
    order = given(ORDER, *CONFIRMED_HISTORY).when(START_GROUPER).then(GROUPER_STARTED, PREPARATION)
    assert order.status is Status.PREPARING
    assert order.progress == (LineStatus.CONFIRMED, LineStatus.PREPARING)


def test_the_second_line_on_the_stove_only_moves_itself() -> None:
    order = given(ORDER, *CONFIRMED_HISTORY, GROUPER_STARTED, PREPARATION).when(START_FRITTERS).then(FRITTERS_STARTED)
    assert order.progress == (LineStatus.PREPARING, LineStatus.PREPARING)


def test_a_ready_line_leaves_the_others_cooking() -> None:
    order = given(ORDER, *PREPARING_HISTORY).when(READY_FRITTERS).then(FRITTERS_READIED)
    assert order.status is Status.PREPARING
    assert order.progress == (LineStatus.READY, LineStatus.PREPARING)


def test_the_last_ready_line_makes_the_order_ready() -> None:
    order = given(ORDER, *PREPARING_HISTORY, FRITTERS_READIED).when(READY_GROUPER).then(GROUPER_READIED, READIED)
    assert order.status is Status.READY


def test_a_line_that_nobody_started_keeps_the_order_from_being_ready() -> None:
    history = given(ORDER, *CONFIRMED_HISTORY, FRITTERS_STARTED, PREPARATION)
    assert history.when(READY_FRITTERS).then(FRITTERS_READIED).status is Status.PREPARING


def test_a_line_must_be_started_before_it_is_ready() -> None:
    given(ORDER, *CONFIRMED_HISTORY, FRITTERS_STARTED, PREPARATION).when(READY_GROUPER).refused(InvalidStatusTransition)


def test_a_line_does_not_move_twice_to_where_it_is() -> None:
    history = given(ORDER, *PREPARING_HISTORY, FRITTERS_READIED)
    history.when(START_GROUPER).refused(InvalidStatusTransition)
    refusal = history.when(READY_FRITTERS).refused(InvalidStatusTransition)
    assert refusal.details == {"status": "ready", "wanted": "ready"}


@pytest.mark.parametrize("status", [Status.PENDING, Status.READY, Status.COMPLETED, Status.CANCELLED])
def test_lines_move_only_while_the_order_is_being_cooked(status: Status) -> None:
    history = given(ORDER, *HISTORIES[status])
    refusal = history.when(START_FRITTERS).refused(InvalidStatusTransition)
    assert refusal.details == {"status": status.value, "wanted": "preparing"}
    history.when(READY_FRITTERS).refused(InvalidStatusTransition)


@pytest.mark.parametrize("history", [PENDING_HISTORY, PREPARING_HISTORY])
def test_a_line_of_another_order_is_not_found(history: tuple[OrderEvent, ...]) -> None:
    given(ORDER, *history).when(StartLine(order_id=ORDER_ID, line_id=STRANGE_ID)).refused(OrderLineNotFound)
    given(ORDER, *history).when(ReadyLine(order_id=ORDER_ID, line_id=STRANGE_ID)).refused(OrderLineNotFound)


def test_readying_an_order_readies_what_is_left_of_it() -> None:
    history = given(ORDER, *CONFIRMED_HISTORY, GROUPER_STARTED, PREPARATION, GROUPER_READIED)
    order = history.when(ReadyOrder(order_id=ORDER_ID)).then(FRITTERS_READIED, READIED)
    assert order.status is Status.READY
    assert order.progress == (LineStatus.READY, LineStatus.READY)


def test_a_recalled_order_is_back_on_the_stove_with_all_its_lines() -> None:
    order = given(ORDER, *READY_HISTORY).when(RecallOrder(order_id=ORDER_ID)).then(OrderRecalled(order_id=ORDER_ID))
    assert order.status is Status.PREPARING
    assert order.progress == (LineStatus.PREPARING, LineStatus.PREPARING)


def test_a_recalled_order_becomes_ready_again() -> None:
    history = given(ORDER, *READY_HISTORY, OrderRecalled(order_id=ORDER_ID))
    history.when(ReadyOrder(order_id=ORDER_ID)).then(ALL_READIED, READIED)


@pytest.mark.parametrize("status", [status for status in HISTORIES if status is not Status.READY])
def test_only_a_ready_order_can_be_recalled(status: Status) -> None:
    given(ORDER, *HISTORIES[status]).when(RecallOrder(order_id=ORDER_ID)).refused(InvalidStatusTransition)


def test_a_ready_order_is_handed_over() -> None:
    given(ORDER, *READY_HISTORY).when(CompleteOrder(order_id=ORDER_ID)).then(COMPLETED)


@pytest.mark.parametrize("who", [CancelledBy.GUEST, CancelledBy.EXPIRED])
def test_a_pending_order_ends_when_its_guest_or_time_says_so(who: CancelledBy) -> None:
    cancelled = OrderCancelled(order_id=ORDER_ID, cancelled_by=who, reason=NOTES)
    command = CancelOrder(order_id=ORDER_ID, cancelled_by=who, reason=NOTES)
    order = given(ORDER, *PENDING_HISTORY).when(command).then(cancelled)
    assert order.status is Status.CANCELLED
    assert order.cancelled_by is who
    assert order.reason == NOTES


@pytest.mark.parametrize("who", [CancelledBy.GUEST, CancelledBy.EXPIRED])
@pytest.mark.parametrize("status", [status for status in HISTORIES if status is not Status.PENDING])
def test_neither_guest_nor_time_can_end_an_order_that_is_not_pending(status: Status, who: CancelledBy) -> None:
    outcome = given(ORDER, *HISTORIES[status]).when(CancelOrder(order_id=ORDER_ID, cancelled_by=who))
    assert outcome.refused(OrderNotModifiable).details == {"status": status.value}


def test_nothing_can_be_wished_of_an_order_that_is_not_there() -> None:
    for command in (
        ConfirmOrder(order_id=ORDER_ID),
        START_FRITTERS,
        RecallOrder(order_id=ORDER_ID),
        CancelOrder(order_id=ORDER_ID, cancelled_by=CancelledBy.GUEST),
    ):
        given(ORDER).when(command).refused(OrderNotFound)


def test_facts_about_unknown_lines_change_nothing() -> None:
    strange = (STRANGE_ID,)
    before = given(ORDER, *CONFIRMED_HISTORY).state
    after = given(
        ORDER,
        *CONFIRMED_HISTORY,
        LinesStarted(order_id=ORDER_ID, line_ids=strange),
        LinesReadied(order_id=ORDER_ID, line_ids=strange),
    ).state
    assert after == before


def test_any_fact_can_be_read_without_those_before_it() -> None:
    for event in (*READY_HISTORY[1:], OrderRecalled(order_id=ORDER_ID), COMPLETED):
        assert given(ORDER, event).state.lines == ()
