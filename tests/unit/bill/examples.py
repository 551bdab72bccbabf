"""One bill of 50.97 that the tests tell stories about, with two cards and some cash."""

from typing import Final
from uuid import UUID

from domain.bill.commands import RecordApproval, StartPayment, StartRefund
from domain.bill.events import (
    BillClosed,
    BillEvent,
    BillOpened,
    CashReceived,
    PaymentApproved,
    PaymentDeclined,
    PaymentNotCharged,
    PaymentOutcomeUnknown,
    PaymentStarted,
    RefundApproved,
    RefundDeclined,
    RefundOutcomeUnknown,
    RefundStarted,
    StrayChargeFound,
)

TOTAL: Final = 5097
ORDER_ID: Final = UUID(int=1)
SESSION_ID: Final = UUID(int=2)
CARD: Final = UUID(int=10)
OTHER_CARD: Final = UUID(int=11)
CASH: Final = UUID(int=12)
REFUND: Final = UUID(int=20)
OTHER_REFUND: Final = UUID(int=21)
THIRD_REFUND: Final = UUID(int=22)
STRANGE_ID: Final = UUID(int=99)
INTENT: Final = b"intent"

OPENED: Final = BillOpened(order_id=ORDER_ID, session_id=SESSION_ID, total_minor=TOTAL, currency="BSD")
FREE: Final = BillOpened(order_id=ORDER_ID, session_id=SESSION_ID, total_minor=0, currency="BSD")
UNKNOWN: Final = PaymentOutcomeUnknown(payment_id=CARD, reason="timed_out")
DECLINED: Final = PaymentDeclined(payment_id=CARD, decline_code="insufficient_funds")
NOT_CHARGED: Final = PaymentNotCharged(payment_id=CARD)
STRAY: Final = StrayChargeFound(payment_id=CARD, authorization_code="A1", reference="R1")
REFUND_APPROVED: Final = RefundApproved(refund_id=REFUND, reference="R2")
REFUND_DECLINED: Final = RefundDeclined(refund_id=REFUND, decline_code="do_not_honour")
REFUND_UNKNOWN: Final = RefundOutcomeUnknown(refund_id=REFUND, reason="timed_out")
CLOSED: Final = BillClosed(order_id=ORDER_ID)


def pay(amount_minor: int | None = None, *, payment_id: UUID = CARD) -> StartPayment:
    """A guest holds out a card."""
    return StartPayment(payment_id=payment_id, amount_minor=amount_minor, intent=INTENT)


def approve(payment_id: UUID = CARD) -> RecordApproval:
    """The gateway says yes."""
    return RecordApproval(payment_id=payment_id, authorization_code="A1", reference="R1")


def refund(amount_minor: int, *, refund_id: UUID = REFUND, payment_id: UUID = CARD) -> StartRefund:
    """Staff give money back."""
    return StartRefund(refund_id=refund_id, payment_id=payment_id, amount_minor=amount_minor, intent=INTENT)


def started(amount_minor: int = TOTAL, *, payment_id: UUID = CARD) -> PaymentStarted:
    """The gateway is being asked."""
    return PaymentStarted(payment_id=payment_id, amount_minor=amount_minor, intent=INTENT)


def approved(payment_id: UUID = CARD) -> PaymentApproved:
    """The gateway said yes."""
    return PaymentApproved(payment_id=payment_id, authorization_code="A1", reference="R1")


def charged(amount_minor: int = TOTAL, *, payment_id: UUID = CARD) -> tuple[BillEvent, ...]:
    """A card was charged from beginning to end."""
    return (started(amount_minor, payment_id=payment_id), approved(payment_id))


def cash(amount_minor: int) -> CashReceived:
    """Cash was taken."""
    return CashReceived(payment_id=CASH, amount_minor=amount_minor)


def refund_started(amount_minor: int, *, refund_id: UUID = REFUND, payment_id: UUID = CARD) -> RefundStarted:
    """The gateway is being asked to give money back."""
    return RefundStarted(refund_id=refund_id, payment_id=payment_id, amount_minor=amount_minor, intent=INTENT)
