"""An order as it was: its history event by event, and its state at any moment, by the code that decides today."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from application.house import House
from application.memory import AnyDecider, Remembered, folded
from application.ports import Recorded
from application.reading import Reading
from application.showing import show_order
from application.streams import open_bill, open_order
from application.views.order import OrderView
from domain.bill.decider import BILL
from domain.order.decider import ORDER
from domain.order.errors import OrderNotFound
from domain.shared.event import Event
from domain.shared.ids import bill_stream


async def history(house: House, venue_id: UUID, order_id: UUID) -> Sequence[Recorded]:
    """The events of the order's own stream, versions 1…n. Refused: OrderNotFound."""
    order, _ = await _both(house, venue_id, order_id)
    return order


async def payments_history(house: House, venue_id: UUID, order_id: UUID) -> Sequence[Recorded]:
    """The events of the order's bill, versions 1…n. Refused: OrderNotFound."""
    _, bill = await _both(house, venue_id, order_id)
    return bill


async def as_of_version(house: House, venue_id: UUID, order_id: UUID, version: int) -> OrderView:
    """The order after its first `version` events, and its bill as it was then. Refused: OrderNotFound."""
    order, bill = await _both(house, venue_id, order_id)
    if not 1 <= version <= len(order):
        raise OrderNotFound(f"The order has versions 1 to {len(order)}, and no {version}.")
    last = order[version - 1]
    then = [each for each in bill if each.position <= last.position or _together(each, last)]
    return await _shown(house, venue_id, order_id, order[:version], then)


async def as_of_time(house: House, venue_id: UUID, order_id: UUID, at: datetime) -> OrderView:
    """The order and its bill as they were at that moment. Refused: OrderNotFound before it was placed."""
    order, bill = await _both(house, venue_id, order_id)
    before = [each for each in order if each.recorded_at <= at]
    if not before:
        raise OrderNotFound("The order had not been placed by then.")
    return await _shown(house, venue_id, order_id, before, [each for each in bill if each.recorded_at <= at])


async def _both(house: House, venue_id: UUID, order_id: UUID) -> tuple[Sequence[Recorded], Sequence[Recorded]]:
    found = await house.ledger.read(venue_id, {order_id: 0, bill_stream(order_id): 0})
    order = found.events.get(order_id, ())
    if not order or not _is_of(ORDER, order[0].event):
        raise OrderNotFound("There is no such order.")
    return order, found.events.get(bill_stream(order_id), ())


async def _shown(
    house: House, venue_id: UUID, order_id: UUID, order: Sequence[Recorded], bill: Sequence[Recorded]
) -> OrderView:
    reading = Reading(house, venue_id)
    opened_order, opened_bill = open_order(reading, order_id), open_bill(reading, order_id)
    opened_order.found(_folded(ORDER, order))
    opened_bill.found(_folded(BILL, bill))
    return await show_order(reading, opened_order, opened_bill)


def _together(one: Recorded, other: Recorded) -> bool:
    """Whether both were appended in one transaction: what a request does at one moment is."""
    return (one.request_id, one.recorded_at) == (other.request_id, other.recorded_at)


def _folded(decider: AnyDecider, events: Sequence[Recorded]) -> Remembered:
    nothing = Remembered(version=0, state=decider.initial)
    return folded(nothing, decider, events) if events else nothing


def _is_of(decider: AnyDecider, event: Event) -> bool:
    return type(event) in decider.events
