"""One order that the tests tell stories about: conch fritters and a grilled grouper for table T1."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from domain.order.commands import PlaceOrder
from domain.order.events import (
    CancelledBy,
    LinesReadied,
    LinesStarted,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderEvent,
    OrderLine,
    OrderPlaced,
    OrderReadied,
    PreparationStarted,
)
from domain.order.state import Status
from domain.pricing.quote import Quote
from domain.shared.sealed import Sealed

ORDER_ID: Final = UUID(int=1)
SESSION_ID: Final = UUID(int=2)
TABLE_ID: Final = UUID(int=3)
CART_ID: Final = UUID(int=4)
FRITTERS_ID: Final = UUID(int=5)
GROUPER_ID: Final = UUID(int=6)
STRANGE_ID: Final = UUID(int=99)
NOTES: Final = Sealed(subject=SESSION_ID, box=b"no onions")

LINES: Final = (
    OrderLine(
        line_id=FRITTERS_ID,
        item_id=UUID(int=7),
        category_id=UUID(int=8),
        name="Conch Fritters",
        quantity=2,
        unit_price_minor=1299,
        notes=NOTES,
    ),
    OrderLine(
        line_id=GROUPER_ID,
        item_id=UUID(int=9),
        category_id=UUID(int=8),
        name="Grilled Grouper",
        quantity=1,
        unit_price_minor=2499,
    ),
)

PLACE: Final = PlaceOrder(
    order_id=ORDER_ID,
    session_id=SESSION_ID,
    table_id=TABLE_ID,
    table_name="T1",
    cart_id=CART_ID,
    number=17,
    business_day=date(2026, 3, 14),
    lines=LINES,
    quote=Quote(subtotal_minor=5097, total_minor=5097),
    currency="BSD",
    notes=NOTES,
    placed_at=datetime(2026, 3, 14, 18, 30, tzinfo=UTC),
    expires_at=datetime(2026, 3, 14, 19, 30, tzinfo=UTC),
)

PLACED: Final = OrderPlaced(
    order_id=ORDER_ID,
    session_id=SESSION_ID,
    table_id=TABLE_ID,
    table_name="T1",
    cart_id=CART_ID,
    number=17,
    business_day=date(2026, 3, 14),
    lines=LINES,
    quote=Quote(subtotal_minor=5097, total_minor=5097),
    currency="BSD",
    notes=NOTES,
    placed_at=datetime(2026, 3, 14, 18, 30, tzinfo=UTC),
    expires_at=datetime(2026, 3, 14, 19, 30, tzinfo=UTC),
)

CONFIRMED: Final = OrderConfirmed(order_id=ORDER_ID)
ALL_STARTED: Final = LinesStarted(order_id=ORDER_ID, line_ids=(FRITTERS_ID, GROUPER_ID))
FRITTERS_STARTED: Final = LinesStarted(order_id=ORDER_ID, line_ids=(FRITTERS_ID,))
GROUPER_STARTED: Final = LinesStarted(order_id=ORDER_ID, line_ids=(GROUPER_ID,))
PREPARATION: Final = PreparationStarted(order_id=ORDER_ID)
ALL_READIED: Final = LinesReadied(order_id=ORDER_ID, line_ids=(FRITTERS_ID, GROUPER_ID))
FRITTERS_READIED: Final = LinesReadied(order_id=ORDER_ID, line_ids=(FRITTERS_ID,))
GROUPER_READIED: Final = LinesReadied(order_id=ORDER_ID, line_ids=(GROUPER_ID,))
READIED: Final = OrderReadied(order_id=ORDER_ID)
COMPLETED: Final = OrderCompleted(order_id=ORDER_ID)
CANCELLED: Final = OrderCancelled(order_id=ORDER_ID, cancelled_by=CancelledBy.STAFF)

PENDING_HISTORY: Final[tuple[OrderEvent, ...]] = (PLACED,)
CONFIRMED_HISTORY: Final[tuple[OrderEvent, ...]] = (*PENDING_HISTORY, CONFIRMED)
PREPARING_HISTORY: Final[tuple[OrderEvent, ...]] = (*CONFIRMED_HISTORY, ALL_STARTED, PREPARATION)
READY_HISTORY: Final[tuple[OrderEvent, ...]] = (*PREPARING_HISTORY, ALL_READIED, READIED)

HISTORIES: Final[dict[Status, tuple[OrderEvent, ...]]] = {
    Status.PENDING: PENDING_HISTORY,
    Status.CONFIRMED: CONFIRMED_HISTORY,
    Status.PREPARING: PREPARING_HISTORY,
    Status.READY: READY_HISTORY,
    Status.COMPLETED: (*READY_HISTORY, COMPLETED),
    Status.CANCELLED: (*PENDING_HISTORY, CANCELLED),
}
"""How an order gets to each state that the wire can show."""
