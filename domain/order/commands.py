"""Wishes about an order."""

from datetime import date, datetime
from uuid import UUID

from domain.order.events import CancelledBy, OrderLine
from domain.pricing.quote import Quote
from domain.shared.event import Command
from domain.shared.sealed import Sealed


class PlaceOrder(Command, frozen=True, kw_only=True):
    """Place it. Number, price and time come in; `confirmed` where there is nothing to pay."""

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


class ConfirmOrder(Command, frozen=True, kw_only=True):
    """Let the kitchen begin."""

    order_id: UUID


class StartPreparing(Command, frozen=True, kw_only=True):
    """The whole order goes on the stove, every line of it."""

    order_id: UUID


class StartLine(Command, frozen=True, kw_only=True):
    """One line goes on the stove; the first one takes the order with it."""

    order_id: UUID
    line_id: UUID


class ReadyLine(Command, frozen=True, kw_only=True):
    """One line is ready; the last one makes the order ready."""

    order_id: UUID
    line_id: UUID


class ReadyOrder(Command, frozen=True, kw_only=True):
    """The whole order is ready, every line of it."""

    order_id: UUID


class RecallOrder(Command, frozen=True, kw_only=True):
    """A ready order goes back to the stove."""

    order_id: UUID


class CompleteOrder(Command, frozen=True, kw_only=True):
    """Hand it over."""

    order_id: UUID


class CancelOrder(Command, frozen=True, kw_only=True):
    """Do not make it. A guest, and expiry, may only while it is pending; staff until it is being prepared."""

    order_id: UUID
    cancelled_by: CancelledBy
    reason: Sealed | None = None


OrderCommand = (
    PlaceOrder
    | ConfirmOrder
    | StartPreparing
    | StartLine
    | ReadyLine
    | ReadyOrder
    | RecallOrder
    | CompleteOrder
    | CancelOrder
)
