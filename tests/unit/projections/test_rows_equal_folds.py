"""What read models say of an order is what its own history says, whatever happens to it."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from application.ports import Recorded
from domain.bill import view
from domain.bill.state import AttemptStatus, Payment, Refund
from domain.order.state import Status
from domain.shared.ids import bill_stream
from projections.kitchen_board import ticket
from projections.menu import MenuRow, changed, menu_of
from projections.order_row import bill_of, followed
from projections.unsettled import watched
from tests.unit.projections.evenings import Evening

R = TypeVar("R", bound=Struct)

VENUE = uuid4()
# Drawn by seed, as hypothesis cannot shrink a whole evening in reasonable time; it shrinks the steps.
evenings = st.builds(lambda seed, steps: Evening(VENUE, seed).go_on(steps), st.integers(0, 2**32), st.integers(1, 120))


def rows(
    evening: Evening, key_of: Callable[[UUID, Recorded], UUID | None], evolve: Callable[[R | None, Recorded], R | None]
) -> dict[UUID, R]:
    """Every row that an evening leaves behind, by its key."""
    found: dict[UUID, R | None] = {}
    for recorded in evening.recorded():
        key = key_of(VENUE, recorded)
        if key is not None:
            found[key] = evolve(found.get(key), recorded)
    return {key: row for key, row in found.items() if row is not None}


@given(evenings)
def test_a_row_tells_of_an_order_what_its_history_tells(evening: Evening) -> None:
    found = rows(evening, bill_of, followed)
    assert set(found) == {bill_stream(order_id) for order_id in evening.orders}
    for order_id, order in evening.orders.items():
        row = found[bill_stream(order_id)]
        assert (row.order_id, row.status, tuple(line.status for line in row.lines)) == (
            order_id,
            order.status,
            order.progress,
        )
        assert (row.number, row.quote, row.notes, row.reason, row.cancelled_by, row.table_name, row.placed_at) == (
            order.number,
            order.quote,
            order.notes,
            order.reason,
            order.cancelled_by,
            order.table_name,
            order.placed_at,
        )


@given(evenings)
def test_the_payment_status_of_a_row_is_the_bills_own(evening: Evening) -> None:
    found = rows(evening, bill_of, followed)
    for order_id, bill in evening.bills.items():
        row = found[bill_stream(order_id)]
        assert row.payment_status == view.payment_status(bill)
        assert (row.money.paid_minor, row.money.refunded_minor) == (view.paid_minor(bill), view.refunded_minor(bill))


@given(evenings)
def test_the_board_has_exactly_the_orders_that_the_kitchen_still_has_to_do_with(evening: Evening) -> None:
    tickets = rows(evening, bill_of, ticket)
    over = {Status.COMPLETED, Status.CANCELLED}
    assert {row.order_id for row in tickets.values()} == {
        order_id for order_id, order in evening.orders.items() if order.status not in over
    }


@given(evenings)
def test_nothing_that_is_open_escapes_the_reconciler(evening: Evening) -> None:
    watches = rows(evening, bill_of, watched)
    for order_id, bill in evening.bills.items():
        watch = watches[bill_stream(order_id)]
        attempts: list[Payment | Refund] = [*bill.payments, *bill.refunds]
        assert (watch.started_at is not None) == any(a.status is AttemptStatus.STARTED for a in attempts)
        owed = [p for p in view.holding(bill) if bill.closed or p.status is AttemptStatus.STRAY]
        unknown = any(a.status is AttemptStatus.UNKNOWN for a in attempts)
        assert (watch.doubtful_at is not None) == (unknown or bool(owed))
        order = evening.orders[order_id]
        dies = order.status is Status.PENDING and view.open_attempt(bill) is None
        assert watch.expires_at == (order.expires_at if dies else None)


@given(evenings)
def test_the_menu_row_is_the_menu(evening: Evening) -> None:
    found = rows(evening, menu_of, changed)
    assert (found[VENUE].menu if found else MenuRow().menu) == evening.menu


@given(evenings)
def test_rows_survive_being_stored(evening: Evening) -> None:
    def stored(row: R) -> R:
        return msgspec.json.decode(msgspec.json.encode(row), type=type(row))

    orders, watches = rows(evening, bill_of, followed), rows(evening, bill_of, watched)
    menus = rows(evening, menu_of, changed)
    assert all(stored(row) == row for row in orders.values())
    assert all(stored(row) == row for row in watches.values())
    assert all(stored(row) == row for row in menus.values())
