"""Wishes, and news from the gateway, about a bill. Identifiers come in with the command."""

from uuid import UUID

from domain.shared.event import Command
from domain.shared.sealed import Sealed


class OpenBill(Command, frozen=True, kw_only=True):
    """Say what is due."""

    order_id: UUID
    session_id: UUID
    total_minor: int
    currency: str


class StartPayment(Command, frozen=True, kw_only=True):
    """Begin to charge a card: `amount_minor`, or all that is due where it is None."""

    payment_id: UUID
    amount_minor: int | None
    intent: bytes


class RecordApproval(Command, frozen=True, kw_only=True):
    """The gateway says it charged."""

    payment_id: UUID
    authorization_code: str
    reference: str


class RecordDecline(Command, frozen=True, kw_only=True):
    """The gateway says it did not charge."""

    payment_id: UUID
    decline_code: str


class RecordUnknown(Command, frozen=True, kw_only=True):
    """The gateway says nothing that can be believed."""

    payment_id: UUID
    reason: str


class RecordNotCharged(Command, frozen=True, kw_only=True):
    """Looked up and voided: nothing was, nor will be, charged."""

    payment_id: UUID


class ReceiveCash(Command, frozen=True, kw_only=True):
    """Take cash, never more than is due."""

    payment_id: UUID
    amount_minor: int


class StartRefund(Command, frozen=True, kw_only=True):
    """Begin to give back: `amount_minor`, or all that is left of it where None, of one payment.

    The use case spreads a refund over payments; `refund_id` is one per payment.
    """

    refund_id: UUID
    payment_id: UUID
    amount_minor: int
    intent: bytes
    reason: Sealed | None = None


class RecordRefundApproval(Command, frozen=True, kw_only=True):
    """It was given back."""

    refund_id: UUID
    reference: str


class RecordRefundDecline(Command, frozen=True, kw_only=True):
    """It was not given back."""

    refund_id: UUID
    decline_code: str


class RecordRefundUnknown(Command, frozen=True, kw_only=True):
    """It may have been given back."""

    refund_id: UUID
    reason: str


class CloseBill(Command, frozen=True, kw_only=True):
    """The order is being cancelled: refuse while an attempt is open, else give back all that was paid.

    `refund_ids` has one fresh identifier for each payment that still holds money, in the bill's order of payments.
    """

    order_id: UUID
    refund_ids: tuple[UUID, ...]
    intent: bytes


BillCommand = (
    OpenBill
    | StartPayment
    | RecordApproval
    | RecordDecline
    | RecordUnknown
    | RecordNotCharged
    | ReceiveCash
    | StartRefund
    | RecordRefundApproval
    | RecordRefundDecline
    | RecordRefundUnknown
    | CloseBill
)
