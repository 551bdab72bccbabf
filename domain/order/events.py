"""What can have happened to an order."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from domain.cart.events import ChosenOption
from domain.pricing.quote import Quote
from domain.shared.event import Event
from domain.shared.sealed import Sealed


class CancelledBy(StrEnum):
    """Who or what ended an order."""

    GUEST = "guest"
    STAFF = "staff"
    EXPIRED = "expired"


class OrderLine(Struct, frozen=True, kw_only=True):
    """One line as it was ordered."""

    line_id: UUID
    item_id: UUID
    category_id: UUID
    name: str
    quantity: int
    unit_price_minor: int
    options: tuple[ChosenOption, ...] = ()
    notes: Sealed | None = None


class OrderPlaced(Event, frozen=True, kw_only=True, tag="order.placed.v1"):
    """A guest ordered. `quote` is the total they were shown, explained; `expires_at` is when it dies if left unpaid."""

    order_id: UUID
    session_id: UUID
    table_id: UUID
    table_name: str
    cart_id: UUID
    number: int
    business_day: date
    lines: tuple[OrderLine, ...]
    quote: Quote
    currency: str
    notes: Sealed | None = None
    placed_at: datetime
    expires_at: datetime | None = None


class OrderConfirmed(Event, frozen=True, kw_only=True, tag="order.confirmed.v1"):
    """The kitchen may begin: it was paid, or staff let it pass."""

    order_id: UUID


class LinesStarted(Event, frozen=True, kw_only=True, tag="order.lines-started.v1"):
    """These lines are being cooked."""

    order_id: UUID
    line_ids: tuple[UUID, ...]


class PreparationStarted(Event, frozen=True, kw_only=True, tag="order.preparation-started.v1"):
    """The order as a whole is being prepared."""

    order_id: UUID


class LinesReadied(Event, frozen=True, kw_only=True, tag="order.lines-readied.v1"):
    """These lines are ready to be handed over."""

    order_id: UUID
    line_ids: tuple[UUID, ...]


class OrderReadied(Event, frozen=True, kw_only=True, tag="order.readied.v1"):
    """Every line is ready."""

    order_id: UUID


class OrderRecalled(Event, frozen=True, kw_only=True, tag="order.recalled.v1"):
    """A ready order went back to the stove; all its lines are in preparation again."""

    order_id: UUID


class OrderCompleted(Event, frozen=True, kw_only=True, tag="order.completed.v1"):
    """The order was handed over."""

    order_id: UUID


class OrderCancelled(Event, frozen=True, kw_only=True, tag="order.cancelled.v1"):
    """The order will not be made. `reason` is somebody's words, sealed under the guest's key."""

    order_id: UUID
    cancelled_by: CancelledBy
    reason: Sealed | None = None


OrderEvent = (
    OrderPlaced
    | OrderConfirmed
    | LinesStarted
    | PreparationStarted
    | LinesReadied
    | OrderReadied
    | OrderRecalled
    | OrderCompleted
    | OrderCancelled
)
