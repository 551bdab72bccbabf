"""An order as its history leaves it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from domain.order.events import CancelledBy, OrderLine
from domain.pricing.quote import Quote
from domain.shared.sealed import Sealed


class Status(StrEnum):
    """Where an order is. NEW is before it was placed and never seen on the wire."""

    NEW = "new"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class LineStatus(StrEnum):
    """Where one line of it is."""

    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"


class Order(Struct, frozen=True, kw_only=True):
    """An order. `progress` has one status per line, in the lines' order."""

    status: Status = Status.NEW
    order_id: UUID | None = None
    session_id: UUID | None = None
    table_id: UUID | None = None
    table_name: str = ""
    cart_id: UUID | None = None
    number: int = 0
    business_day: date | None = None
    lines: tuple[OrderLine, ...] = ()
    progress: tuple[LineStatus, ...] = ()
    quote: Quote = Quote()
    currency: str = ""
    notes: Sealed | None = None
    placed_at: datetime | None = None
    expires_at: datetime | None = None
    cancelled_by: CancelledBy | None = None
    reason: Sealed | None = None
