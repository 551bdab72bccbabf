"""What can have happened to a bill. Every attempt is recorded before the gateway hears of it."""

from enum import StrEnum
from uuid import UUID

from domain.shared.event import Event
from domain.shared.sealed import Sealed


class Method(StrEnum):
    """How money came in."""

    CARD = "card"
    CASH = "cash"


class BillOpened(Event, frozen=True, kw_only=True, tag="bill.opened.v1"):
    """So much is due for an order."""

    order_id: UUID
    session_id: UUID
    total_minor: int
    currency: str


class PaymentStarted(Event, frozen=True, kw_only=True, tag="bill.payment-started.v1"):
    """The gateway is about to be asked to charge. `payment_id` is the gateway's transaction identifier.

    `intent` is the receipt key of the request behind it, so that the same request finds its own attempt again.
    """

    payment_id: UUID
    amount_minor: int
    intent: bytes


class PaymentApproved(Event, frozen=True, kw_only=True, tag="bill.payment-approved.v1"):
    """The gateway holds the money. `reference` is the gateway's own (RRN)."""

    payment_id: UUID
    authorization_code: str
    reference: str


class PaymentDeclined(Event, frozen=True, kw_only=True, tag="bill.payment-declined.v1"):
    """The card's bank said no; nothing was charged."""

    payment_id: UUID
    decline_code: str


class PaymentOutcomeUnknown(Event, frozen=True, kw_only=True, tag="bill.payment-outcome-unknown.v1"):
    """The gateway did not answer in a way that can be believed; it may or may not have charged."""

    payment_id: UUID
    reason: str


class PaymentNotCharged(Event, frozen=True, kw_only=True, tag="bill.payment-not-charged.v1"):
    """It was found out that the attempt charged nothing, and its identifier was voided so that it never will."""

    payment_id: UUID


class StrayChargeFound(Event, frozen=True, kw_only=True, tag="bill.stray-charge-found.v1"):
    """An attempt thought dead, or one on a closed bill, was charged after all; it has to be given back in full."""

    payment_id: UUID
    authorization_code: str
    reference: str


class CashReceived(Event, frozen=True, kw_only=True, tag="bill.cash-received.v1"):
    """Cash was taken at the table."""

    payment_id: UUID
    amount_minor: int


class RefundStarted(Event, frozen=True, kw_only=True, tag="bill.refund-started.v1"):
    """Money of one payment is about to be given back. `refund_id` is the gateway's transaction identifier for it."""

    refund_id: UUID
    payment_id: UUID
    amount_minor: int
    intent: bytes
    reason: Sealed | None = None


class RefundApproved(Event, frozen=True, kw_only=True, tag="bill.refund-approved.v1"):
    """The gateway gave it back (or staff did, for cash)."""

    refund_id: UUID
    reference: str


class RefundDeclined(Event, frozen=True, kw_only=True, tag="bill.refund-declined.v1"):
    """The gateway would not give it back."""

    refund_id: UUID
    decline_code: str


class RefundOutcomeUnknown(Event, frozen=True, kw_only=True, tag="bill.refund-outcome-unknown.v1"):
    """The gateway may or may not have given it back; it will be asked under the same identifier."""

    refund_id: UUID
    reason: str


class BillClosed(Event, frozen=True, kw_only=True, tag="bill.closed.v1"):
    """The order was cancelled: nothing can be paid any more, and what was paid goes back."""

    order_id: UUID


BillEvent = (
    BillOpened
    | PaymentStarted
    | PaymentApproved
    | PaymentDeclined
    | PaymentOutcomeUnknown
    | PaymentNotCharged
    | StrayChargeFound
    | CashReceived
    | RefundStarted
    | RefundApproved
    | RefundDeclined
    | RefundOutcomeUnknown
    | BillClosed
)
