"""Looks behind the counter after a run: the ledger read as it was stored, the gateway's books, the rows on show."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import AsyncConnection

from application.ports import Recorded
from domain.bill.decider import BILL
from domain.bill.events import (
    BillEvent,
    PaymentApproved,
    PaymentDeclined,
    PaymentNotCharged,
    PaymentStarted,
    RefundApproved,
    RefundDeclined,
    RefundStarted,
    StrayChargeFound,
)
from domain.bill.state import Bill
from domain.order.decider import ORDER
from domain.order.events import OrderEvent
from domain.order.state import Order
from domain.shared.ids import bill_stream
from projections.kitchen_board import open_tickets
from projections.order_list import orders
from projections.order_row import OrderRow
from projections.registry import PROJECTIONS
from projections.unsettled import due
from tests.faults.evidence import Attempt, Charge, Evidence, GivenBack, Line, Shown
from tests.faults.guests import Guest
from tests.faults.premises import Premises
from tests.faults.verdict import in_the_air

ROW = TypeVar("ROW", bound=Struct)

QUIET_TIMEOUT_S: Final = 20.0
LATE_CHARGE_S: Final = 2.3
"""`tok_slow` is charged two seconds after it was sent, if nobody has barred it by then."""

NOT_DUE_YET: Final = timedelta(minutes=1)
"""Orders that merely wait to be paid expire much later than that."""

BOOKMARKS: Final = "select name, position from bookmarks where venue_id = %s and name = any(%s)"


async def gathered(premises: Premises, venue_id: UUID, guests: Sequence[Guest]) -> Evidence:
    """Wait until nothing is in the air and the read models have seen it all, for a while; then take it all down."""
    if any(errand.card == "tok_slow" for guest in guests for errand in guest.errands):
        await asyncio.sleep(LATE_CHARGE_S)
    deadline = monotonic() + QUIET_TIMEOUT_S
    while True:
        evidence = await _taken_down(premises, venue_id, guests)
        if _is_quiet(evidence) or monotonic() > deadline:
            return evidence
        await asyncio.sleep(0.1)


def _is_quiet(evidence: Evidence) -> bool:
    settled = not any(in_the_air(bill) for bill in evidence.bills.values())
    return settled and not evidence.shown.due and set(evidence.shown.bookmarks.values()) == {evidence.head}


async def _taken_down(premises: Premises, venue_id: UUID, guests: Sequence[Guest]) -> Evidence:
    ledger = premises.furniture.ledger
    verification = await ledger.verify(venue_id)
    history = [ledger.decode(entry) async for entry in ledger.every_entry(venue_id)]
    orders_found, bills = folded(history)
    return Evidence(
        complaints=tuple(guest.complaint for guest in guests if guest.complaint),
        errands=tuple(errand for guest in guests for errand in guest.errands),
        lines=tuple(Line(position=each.position, stream=each.stream, version=each.version) for each in history),
        head=verification.events,
        chain_holds=verification.valid,
        orders=orders_found,
        bills=bills,
        attempts=attempts_of(history),
        charges=await _books(premises, "charges", bills, Charge),
        refunds=await _books(premises, "refunds", bills, GivenBack),
        shown=await _shown(premises, venue_id),
    )


def folded(history: Iterable[Recorded]) -> tuple[dict[UUID, Order], dict[UUID, Bill]]:
    """Every order and every bill that a history tells of, both by order id."""
    orders_found: dict[UUID, Order] = {}
    bills: dict[UUID, Bill] = {}
    for recorded in history:
        if isinstance(recorded.event, OrderEvent):
            state = orders_found.get(recorded.stream, ORDER.initial)
            orders_found[recorded.stream] = ORDER.evolve(state, recorded.event)
        elif isinstance(recorded.event, BillEvent):
            bills[recorded.stream] = BILL.evolve(bills.get(recorded.stream, BILL.initial), recorded.event)
    by_order = {bill.order_id: bill for bill in bills.values() if bill.order_id is not None}
    if any(bill_stream(order_id) not in bills for order_id in by_order):
        raise AssertionError("A bill stands in a stream that is not its order's.")
    return orders_found, by_order


def attempts_of(history: Iterable[Recorded]) -> dict[UUID, Attempt]:
    """When every charge and refund began, and when it was known for good what became of it."""
    started: dict[UUID, datetime] = {}
    ended: dict[UUID, datetime] = {}
    for recorded in history:
        match recorded.event:
            case PaymentStarted(payment_id=id_) | RefundStarted(refund_id=id_):
                started[id_] = recorded.recorded_at
            case (
                PaymentApproved(payment_id=id_)
                | PaymentDeclined(payment_id=id_)
                | PaymentNotCharged(payment_id=id_)
                | StrayChargeFound(payment_id=id_)
                | RefundApproved(refund_id=id_)
                | RefundDeclined(refund_id=id_)
            ):
                ended.setdefault(id_, recorded.recorded_at)
            case _:
                pass
    return {id_: Attempt(started_at=at, ended_at=ended.get(id_)) for id_, at in started.items()}


async def _books(premises: Premises, name: str, bills: Mapping[UUID, Bill], row: type[ROW]) -> tuple[ROW, ...]:
    """The gateway's own rows for these orders."""
    found: list[ROW] = []
    for order_id in bills:
        answered = await premises.gateway.get(f"/_simulator/{name}", params={"order": str(order_id)})
        found += msgspec.json.decode(answered.raise_for_status().content, type=list[row])  # type: ignore[valid-type] # the row is a parameter
    return tuple(found)


async def _shown(premises: Premises, venue_id: UUID) -> Shown:
    house = premises.furniture.house
    async with premises.furniture.pool.connection() as connection:
        rows = await (
            await connection.execute(BOOKMARKS, (venue_id, [projection.home for projection in PROJECTIONS]))
        ).fetchall()
        unsettled = await due(connection, house.clock() + NOT_DUE_YET, 0.0, limit=10_000)
        return Shown(
            listed=await _listed(connection, venue_id),
            tickets=frozenset(row.order_id for row in (await open_tickets(connection, venue_id)).tickets),
            due=frozenset(each.order_id for each in unsettled if each.venue_id == venue_id),
            bookmarks=dict(rows),
        )


async def _listed(connection: AsyncConnection[Any], venue_id: UUID) -> dict[UUID, OrderRow]:
    found: dict[UUID, OrderRow] = {}
    cursor = None
    while True:
        page = await orders(connection, venue_id, cursor=cursor, limit=100)
        found |= {row.order_id: row for row in page.orders}
        cursor = page.next_cursor
        if cursor is None:
            return found
