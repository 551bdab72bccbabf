"""After closing time: the ledger, the gateway's books, what processes remember and what the screens show must agree.

The moves that an order may make are written down once more here, as words about its events.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import groupby, pairwise
from typing import Any, Final
from uuid import UUID

import msgspec

from application.memory import AnyDecider, load
from application.reconciler import settle
from application.requests import Answered
from domain.account.decider import ACCOUNT
from domain.bill.decider import BILL
from domain.bill.state import Bill
from domain.bill.view import payment_status
from domain.cart.decider import CART
from domain.floor.decider import FLOOR
from domain.menu.decider import MENU
from domain.numbering.decider import NUMBERING
from domain.order.decider import ORDER
from domain.order.state import Order
from domain.roster.decider import ROSTER
from domain.session.decider import SESSION
from domain.shared.event import Event
from domain.shared.ids import bill_stream
from domain.venue.decider import VENUE
from infrastructure.ledger.entry import Entry
from projections.kitchen_board import open_tickets
from projections.menu import menu_page
from projections.order_list import OrderFilter, orders
from projections.order_row import OrderRow
from projections.unsettled import due
from tests.property.evening.paying import is_open, kept_minor, look_at
from tests.property.evening.venue import Evening
from tests.property.evening.world import NOBODY_ELSE_IS_AT_WORK

DECIDERS: Final[tuple[AnyDecider, ...]] = (
    VENUE, FLOOR, MENU, SESSION, CART, ORDER, BILL, NUMBERING, ROSTER, ACCOUNT
)  # fmt: skip
FOLLOWS: Final[Mapping[str, frozenset[str]]] = {
    "order.placed.v1": frozenset({"order.confirmed.v1", "order.cancelled.v1"}),
    "order.confirmed.v1": frozenset({"order.preparation-started.v1", "order.cancelled.v1"}),
    "order.preparation-started.v1": frozenset({"order.readied.v1"}),
    "order.readied.v1": frozenset({"order.completed.v1", "order.recalled.v1"}),
    "order.recalled.v1": frozenset({"order.readied.v1"}),
    "order.completed.v1": frozenset(),
    "order.cancelled.v1": frozenset(),
}
ROUNDS_MAX: Final = 6
PAGE: Final = 100


async def close(evening: Evening) -> None:
    """Let everything arrive, settle what is open, and look at all of it."""
    await evening.world.calm_down()
    await _settle_all(evening)
    entries = [entry async for entry in evening.world.ledger.every_entry(evening.venue_id)]
    streams = await _gapless(evening, entries)
    folded = {stream: _fold(evening, told) for stream, told in streams.items()}
    await _remembered_rightly(evening, streams, folded)
    _only_legal_moves(streams)
    _confirmed_by_payment_only_when_paid(entries)
    await _money_adds_up(evening)
    await _asking_again_changes_nothing(evening)
    await _screens_show_it(evening, folded)


async def _settle_all(evening: Evening) -> None:
    """As often as it takes, in a process that knows nothing and knows that nobody else is at work."""
    house = evening.world.house(NOBODY_ELSE_IS_AT_WORK)
    for _ in range(ROUNDS_MAX):
        if all([await settle(house, evening.venue_id, placed.order_id) for placed in evening.orders]):
            return
    raise AssertionError("something is never settled")


async def _gapless(evening: Evening, entries: Sequence[Entry]) -> dict[UUID, list[Entry]]:
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    streams = defaultdict(list)
    for entry in entries:
        streams[entry.stream].append(entry)
    for told in streams.values():
        assert [entry.version for entry in told] == list(range(1, len(told) + 1))
    verification = await evening.world.ledger.verify(evening.venue_id)
    assert (verification.valid, verification.events) == (True, len(entries))
    return streams


def _fold(evening: Evening, told: Sequence[Entry]) -> Any:  # noqa: ANN401 - the state of any aggregate
    events: list[Event] = [evening.world.codec.decode(entry.tag, entry.data) for entry in told]
    decider = _decider_of(events[0])
    return reduce(decider.evolve, events, decider.initial)


def _decider_of(event: Event) -> AnyDecider:
    return next(decider for decider in DECIDERS if type(event) in decider.events)


async def _remembered_rightly(
    evening: Evening, streams: Mapping[UUID, Sequence[Entry]], folded: Mapping[UUID, object]
) -> None:
    """The state that each process would decide on next is the fold of the stored bytes."""
    first = {stream: evening.world.codec.decode(told[0].tag, told[0].data) for stream, told in streams.items()}
    wanted = {stream: _decider_of(event) for stream, event in first.items()}
    for house in evening.houses:
        live = await load(house.ledger, house.memory, evening.venue_id, wanted)
        assert {stream: one.state for stream, one in live.streams.items()} == folded
        assert {stream: one.version for stream, one in live.streams.items()} == {
            stream: len(told) for stream, told in streams.items()
        }


def _only_legal_moves(streams: Mapping[UUID, Sequence[Entry]]) -> None:
    for told in streams.values():
        moves = [entry.tag for entry in told if entry.tag in FOLLOWS]
        assert not moves or moves[0] == "order.placed.v1"
        for before, after in pairwise(moves):
            assert after in FOLLOWS[before], f"{after} after {before}"


def _confirmed_by_payment_only_when_paid(entries: Sequence[Entry]) -> None:
    """Staff may confirm what they like; else an order is confirmed by what leaves nothing to pay, in one append."""
    due: dict[UUID, int] = {}
    amounts: dict[str, tuple[UUID, int]] = {}
    for _, appended in groupby(entries, key=lambda entry: entry.recorded_at):
        confirmed: list[UUID] = []
        for entry in appended:
            told = msgspec.json.decode(entry.data)
            match entry.tag:
                case "bill.opened.v1":
                    due[entry.stream] = told["total_minor"]
                case "bill.payment-started.v1":
                    amounts[told["payment_id"]] = (entry.stream, told["amount_minor"])
                case "bill.payment-approved.v1":
                    bill, amount_minor = amounts[told["payment_id"]]
                    due[bill] -= amount_minor
                case "bill.cash-received.v1":
                    due[entry.stream] -= told["amount_minor"]
                case "order.confirmed.v1" if entry.caused_by != "command:MoveOrder":
                    confirmed.append(bill_stream(entry.stream))
        assert all(due[bill] == 0 for bill in confirmed)


async def _money_adds_up(evening: Evening) -> None:
    """Nothing is in doubt any more; no order was paid for twice; of a cancelled one nothing is kept."""
    for placed in evening.orders:
        view = await look_at(evening, placed)
        assert not is_open(view)
        kept = {payment.id: kept_minor(view, payment) for payment in view.payments}
        assert sum(kept.values()) == view.paid - view.refunded <= view.total
        if view.status == "cancelled":
            assert not any(kept.values())
            assert view.payment_status in {"refunded", "unpaid"}
        if view.paid == view.total:
            assert view.status != "pending", "what is paid is confirmed"


async def _asking_again_changes_nothing(evening: Evening) -> None:
    """Every request that was ever answered for good is answered the same by a process that knows nothing."""
    house, head = evening.world.house(), await evening.world.ledger.head(evening.venue_id)
    for request, first in list(evening.answers):
        again = await evening.ask(request, house)
        assert isinstance(again, Answered), again
        assert again.replayed
        assert (again.body, again.position) == (first.body, first.position)
        assert again.status == (200 if first.status < 400 else first.status)
    news = [entry.tag async for entry in evening.world.ledger.every_entry(evening.venue_id, head)]
    assert not news, "a repeated command changes nothing"


async def _screens_show_it(evening: Evening, folded: Mapping[UUID, object]) -> None:
    """The read models, once they have seen everything, say what the folds say."""
    venue_id, world = evening.venue_id, evening.world
    await world.engine.catch_up(venue_id)
    head, now = await world.ledger.head(venue_id), datetime.now(UTC)
    async with world.pool.connection() as connection:
        listed = await orders(connection, venue_id, OrderFilter(), limit=PAGE)
        board = await open_tickets(connection, venue_id)
        menu = await menu_page(connection, venue_id, now)
        overdue = [one for one in await due(connection, now + timedelta(minutes=1), 0.0) if one.venue_id == venue_id]
    placed = {state.order_id: state for state in folded.values() if isinstance(state, Order)}
    bills = {order_id: folded[bill_stream(order_id)] for order_id in placed if order_id is not None}
    assert (listed.position, board.position, menu.position, overdue) == (head, head, head, [])
    assert {row.order_id for row in listed.orders} == placed.keys()
    for row in (*listed.orders, *board.tickets):
        _row_tells(row, placed[row.order_id], bills[row.order_id])
    cooking = [state for state in placed.values() if state.status in {"confirmed", "preparing", "ready"}]
    oldest_first = sorted(cooking, key=lambda state: str(state.placed_at))
    assert [row.placed_at for row in board.tickets] == [state.placed_at for state in oldest_first]
    assert {row.order_id for row in board.tickets} == {state.order_id for state in cooking}
    prices = {
        item["id"]: item["price"]
        for category in msgspec.json.decode(menu.body)["categories"]
        for item in category["items"]
    }
    assert prices == {str(offer.item_id): offer.price_minor for offer in evening.menu}


def _row_tells(row: OrderRow, order: Order, bill: object) -> None:
    assert isinstance(bill, Bill)
    assert (row.status, row.number, row.quote) == (order.status, order.number, order.quote)
    assert tuple(line.status for line in row.lines) == order.progress
    assert [(line.line_id, line.quantity, line.unit_price_minor) for line in row.lines] == [
        (line.line_id, line.quantity, line.unit_price_minor) for line in order.lines
    ]
    assert row.payment_status == payment_status(bill)
