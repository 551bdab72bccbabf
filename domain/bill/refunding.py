"""Giving money back: some of it because somebody asks, all of it because the order was cancelled."""

from typing import Final
from uuid import UUID

from domain.bill.commands import CloseBill, StartRefund
from domain.bill.errors import AmountInvalid, PaymentNotFound, RefundExceedsPaid, RefundIdsMissing
from domain.bill.events import BillClosed, BillEvent, Method, RefundApproved, RefundStarted
from domain.bill.paying import require_fresh_id, require_no_open_attempt
from domain.bill.state import Bill, Payment
from domain.bill.view import holding, payment_of, refundable_minor
from domain.shared.sealed import Sealed

CASH_REFERENCE: Final = "cash"
"""Stands where a gateway's reference would: the money was handed over."""


def start_refund(bill: Bill, command: StartRefund) -> tuple[BillEvent, ...]:
    """Begin to give some of one payment back. A closed bill allows it too, as a declined refund has to be repeated."""
    payment = payment_of(bill, command.payment_id)
    if payment is None:
        raise PaymentNotFound("The order has no such payment.")
    require_fresh_id(bill, command.refund_id)
    if command.amount_minor < 1:
        raise AmountInvalid("amount must be at least 1.")
    refundable = refundable_minor(bill, payment)
    if command.amount_minor > refundable:
        raise RefundExceedsPaid(f"amount is more than the {refundable} that can be given back.", refundable=refundable)
    return _give_back(payment, command.refund_id, command.amount_minor, command.intent, command.reason)


def close(bill: Bill, command: CloseBill) -> tuple[BillEvent, ...]:
    """End the bill, and begin to give back all that it still holds."""
    if bill.closed:
        return ()
    require_no_open_attempt(bill)
    payments, refund_ids = holding(bill), tuple(dict.fromkeys(command.refund_ids))
    if len(refund_ids) < len(payments):
        raise RefundIdsMissing(
            f"{len(payments)} payments are to be given back, so as many different identifiers are needed."
        )
    events: list[BillEvent] = [BillClosed(order_id=command.order_id)]
    for payment, refund_id in zip(payments, refund_ids, strict=False):
        require_fresh_id(bill, refund_id)
        events += _give_back(payment, refund_id, refundable_minor(bill, payment), command.intent, None)
    return tuple(events)


def _give_back(
    payment: Payment, refund_id: UUID, amount_minor: int, intent: bytes, reason: Sealed | None
) -> tuple[BillEvent, ...]:
    """A card's refund begins here and ends when the gateway answers; cash changes hands at once."""
    started = RefundStarted(
        refund_id=refund_id, payment_id=payment.payment_id, amount_minor=amount_minor, intent=intent, reason=reason
    )
    match payment.method:
        case Method.CASH:
            return (started, RefundApproved(refund_id=refund_id, reference=CASH_REFERENCE))
        case Method.CARD:
            return (started,)
