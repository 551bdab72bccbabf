"""An order and its money as one row, followed event by event. Boards and lists keep it for as long as they show it."""

from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from application.ports import Recorded
from domain.bill.events import BillEvent
from domain.bill.state import PaymentStatus
from domain.cart.events import ChosenOption
from domain.order.events import (
    CancelledBy,
    LinesReadied,
    LinesStarted,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderReadied,
    OrderRecalled,
    PreparationStarted,
)
from domain.order.state import LineStatus, Status
from domain.pricing.quote import Quote
from domain.shared.ids import bill_stream
from domain.shared.sealed import Sealed
from projections.tally import Tally, payment_status, tallied


class LineRow(Struct, frozen=True, kw_only=True):
    """One dish of an order, and where it is. Its notes are sealed under the guest's key."""

    line_id: UUID
    item_id: UUID
    name: str
    quantity: int
    unit_price_minor: int
    options: tuple[ChosenOption, ...] = ()
    notes: Sealed | None = None
    status: LineStatus = LineStatus.CONFIRMED


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order as its own events and its bill's leave it. `version` is the order's own stream's."""

    order_id: UUID
    session_id: UUID
    number: int
    business_day: date
    table_id: UUID
    table_name: str
    cart_id: UUID
    status: Status
    placed_at: datetime
    expires_at: datetime | None
    version: int
    currency: str
    quote: Quote
    lines: tuple[LineRow, ...]
    notes: Sealed | None = None
    cancelled_by: CancelledBy | None = None
    reason: Sealed | None = None
    money: Tally

    @property
    def payment_status(self) -> PaymentStatus:
        """How its bill looks from outside."""
        return payment_status(self.money)


def bill_of(_venue_id: UUID, recorded: Recorded) -> UUID | None:
    """The bill that an event of an order, or of its bill, belongs to; None for all other events.

    Rows about orders go by the bill's id: most of a bill's events do not name the order, while the bill's id follows
    from the order's.
    """
    event = recorded.event
    if isinstance(event, BillEvent):
        return recorded.stream
    return bill_stream(event.order_id) if isinstance(event, OrderEvent) else None


def followed(row: OrderRow | None, recorded: Recorded) -> OrderRow | None:
    """The row after one more event. It begins with the order's placing; before that, there is nothing to follow.

    An order's total is its quote's, so nothing is missed where its bill was opened a moment before it.
    """
    event = recorded.event
    if isinstance(event, OrderPlaced):
        return _placed(event, recorded.version)
    if row is None:
        return None
    if isinstance(event, BillEvent):
        return replace(row, money=tallied(row.money, event, recorded.recorded_at))
    if isinstance(event, OrderEvent):
        return replace(_moved(row, event), version=recorded.version)
    return row


def _placed(event: OrderPlaced, version: int) -> OrderRow:
    return OrderRow(
        order_id=event.order_id,
        session_id=event.session_id,
        number=event.number,
        business_day=event.business_day,
        table_id=event.table_id,
        table_name=event.table_name,
        cart_id=event.cart_id,
        status=Status.PENDING,
        placed_at=event.placed_at,
        expires_at=event.expires_at,
        version=version,
        currency=event.currency,
        quote=event.quote,
        lines=tuple(
            LineRow(
                line_id=line.line_id,
                item_id=line.item_id,
                name=line.name,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                options=line.options,
                notes=line.notes,
            )
            for line in event.lines
        ),
        notes=event.notes,
        money=Tally(total_minor=event.quote.total_minor),
    )


def _moved(row: OrderRow, event: OrderEvent) -> OrderRow:
    match event:
        case OrderPlaced():
            return row
        case OrderConfirmed():
            return replace(row, status=Status.CONFIRMED)
        case LinesStarted(line_ids=line_ids):
            return replace(row, lines=_with_status(row.lines, LineStatus.PREPARING, line_ids))
        case PreparationStarted():
            return replace(row, status=Status.PREPARING)
        case LinesReadied(line_ids=line_ids):
            return replace(row, lines=_with_status(row.lines, LineStatus.READY, line_ids))
        case OrderReadied():
            return replace(row, status=Status.READY)
        case OrderRecalled():
            every_line = tuple(line.line_id for line in row.lines)
            return replace(
                row, status=Status.PREPARING, lines=_with_status(row.lines, LineStatus.PREPARING, every_line)
            )
        case OrderCompleted():
            return replace(row, status=Status.COMPLETED)
        case OrderCancelled(cancelled_by=cancelled_by, reason=reason):
            return replace(row, status=Status.CANCELLED, cancelled_by=cancelled_by, reason=reason)
        case _:
            assert_never(event)


def _with_status(lines: tuple[LineRow, ...], status: LineStatus, line_ids: tuple[UUID, ...]) -> tuple[LineRow, ...]:
    return tuple(replace(line, status=status) if line.line_id in line_ids else line for line in lines)
