"""Payments and refunds as clients see them."""

from collections.abc import Sequence
from uuid import UUID

from application.views.view import Texts, View
from domain.bill import view as bills
from domain.bill.events import Method
from domain.bill.state import AttemptStatus, Bill, Payment, PaymentStatus, Refund


class PaymentView(View, frozen=True, kw_only=True):
    """One payment. `transaction_id` is the identifier that the gateway knows it by; cash has none."""

    id: UUID
    order_id: UUID
    method: Method
    status: AttemptStatus
    amount: int
    currency: str
    authorization_code: str | None
    transaction_id: UUID | None
    decline_code: str | None


class RefundPartView(View, frozen=True, kw_only=True):
    """What one payment gives back."""

    id: UUID
    payment_id: UUID
    amount: int
    status: AttemptStatus
    decline_code: str | None


class RefundView(View, frozen=True, kw_only=True):
    """A refund, which may draw on several payments.

    `status` is `approved` once all its parts are, `started` or `unknown` while any part is, else `declined`.
    """

    id: UUID
    order_id: UUID
    status: AttemptStatus
    amount: int
    currency: str
    reason: str | None
    payment_status: PaymentStatus
    parts: tuple[RefundPartView, ...]


def payment_view(bill: Bill, payment: Payment, order_id: UUID) -> PaymentView:
    return PaymentView(
        id=payment.payment_id,
        order_id=order_id,
        method=payment.method,
        status=payment.status,
        amount=payment.amount_minor,
        currency=bill.currency,
        authorization_code=payment.authorization_code or None,
        transaction_id=payment.payment_id if payment.method is Method.CARD else None,
        decline_code=payment.decline_code or None,
    )


def refund_part_view(refund: Refund) -> RefundPartView:
    return RefundPartView(
        id=refund.refund_id,
        payment_id=refund.payment_id,
        amount=refund.amount_minor,
        status=refund.status,
        decline_code=refund.decline_code or None,
    )


def refund_view(bill: Bill, refunds: Sequence[Refund], order_id: UUID, texts: Texts) -> RefundView:
    """One refund as asked for; `refunds` are its parts, at least one."""
    first = refunds[0]
    return RefundView(
        id=first.refund_id,
        order_id=order_id,
        status=overall_status(refunds),
        amount=sum(refund.amount_minor for refund in refunds),
        currency=bill.currency,
        reason=texts.of(first.reason),
        payment_status=bills.payment_status(bill),
        parts=tuple(refund_part_view(refund) for refund in refunds),
    )


def overall_status(refunds: Sequence[Refund]) -> AttemptStatus:
    """What several parts amount to: the most open of their states, and approved only where all are."""
    found = {refund.status for refund in refunds}
    order = (AttemptStatus.UNKNOWN, AttemptStatus.STARTED, AttemptStatus.DECLINED)
    return next((status for status in order if status in found), AttemptStatus.APPROVED)
