"""A bill as its history leaves it."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from domain.bill.events import Method
from domain.shared.sealed import Sealed


class PaymentStatus(StrEnum):
    """What the whole bill looks like from outside."""

    UNPAID = "unpaid"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class AttemptStatus(StrEnum):
    """How one charge or refund stands. STARTED and UNKNOWN are open; the others are final.

    STRAY is an approval that must not stand (found late, or on a closed bill): it is being given back in full.
    """

    STARTED = "started"
    UNKNOWN = "unknown"
    APPROVED = "approved"
    DECLINED = "declined"
    NOT_CHARGED = "not_charged"
    STRAY = "stray"


class Payment(Struct, frozen=True, kw_only=True):
    """One attempt to take money."""

    payment_id: UUID
    method: Method
    amount_minor: int
    status: AttemptStatus
    intent: bytes = b""
    authorization_code: str = ""
    reference: str = ""
    decline_code: str = ""


class Refund(Struct, frozen=True, kw_only=True):
    """One attempt to give money of one payment back."""

    refund_id: UUID
    payment_id: UUID
    amount_minor: int
    status: AttemptStatus
    intent: bytes = b""
    reference: str = ""
    decline_code: str = ""
    reason: Sealed | None = None


class Bill(Struct, frozen=True, kw_only=True):
    """A bill; `order_id` is None until it was opened. Attempts are in the order in which they began."""

    order_id: UUID | None = None
    session_id: UUID | None = None
    total_minor: int = 0
    currency: str = ""
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    closed: bool = False
