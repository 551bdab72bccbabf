"""What the gateway says, judged against what was known. News is never refused; what was known already changes nothing.

An approval always tells the truth about money, so it is recorded even where it comes too late to count. Every other
word about an attempt that is settled is only an echo.
"""

from typing import Final, assert_never

from domain.bill.commands import (
    RecordApproval,
    RecordDecline,
    RecordNotCharged,
    RecordRefundApproval,
    RecordRefundDecline,
    RecordRefundUnknown,
    RecordUnknown,
)
from domain.bill.errors import PaymentNotFound, RefundNotFound
from domain.bill.events import (
    BillEvent,
    PaymentApproved,
    PaymentDeclined,
    PaymentNotCharged,
    PaymentOutcomeUnknown,
    RefundApproved,
    RefundDeclined,
    RefundOutcomeUnknown,
    StrayChargeFound,
)
from domain.bill.state import AttemptStatus, Bill, Payment
from domain.bill.view import payment_of, refund_of

OPEN: Final = frozenset({AttemptStatus.STARTED, AttemptStatus.UNKNOWN})

PaymentNews = RecordApproval | RecordDecline | RecordUnknown | RecordNotCharged
RefundNews = RecordRefundApproval | RecordRefundDecline | RecordRefundUnknown


def payment_news(bill: Bill, news: PaymentNews) -> tuple[BillEvent, ...]:
    """Take note of what became of a charge. Refused: PaymentNotFound."""
    payment = payment_of(bill, news.payment_id)
    if payment is None:
        raise PaymentNotFound("The order has no such payment.")
    match news:
        case RecordApproval():
            return _approval(bill, payment, news)
        case RecordDecline(payment_id=payment_id, decline_code=decline_code):
            if payment.status not in OPEN:
                return ()
            return (PaymentDeclined(payment_id=payment_id, decline_code=decline_code),)
        case RecordUnknown(payment_id=payment_id, reason=reason):
            if payment.status is not AttemptStatus.STARTED:
                return ()
            return (PaymentOutcomeUnknown(payment_id=payment_id, reason=reason),)
        case RecordNotCharged(payment_id=payment_id):
            return (PaymentNotCharged(payment_id=payment_id),) if payment.status in OPEN else ()
        case _:
            assert_never(news)


def refund_news(bill: Bill, news: RefundNews) -> tuple[BillEvent, ...]:
    """Take note of what became of a refund. Refused: RefundNotFound."""
    refund = refund_of(bill, news.refund_id)
    if refund is None:
        raise RefundNotFound("The order has no such refund.")
    match news:
        case RecordRefundApproval(refund_id=refund_id, reference=reference):
            if refund.status is AttemptStatus.APPROVED:
                return ()
            return (RefundApproved(refund_id=refund_id, reference=reference),)
        case RecordRefundDecline(refund_id=refund_id, decline_code=decline_code):
            if refund.status not in OPEN:
                return ()
            return (RefundDeclined(refund_id=refund_id, decline_code=decline_code),)
        case RecordRefundUnknown(refund_id=refund_id, reason=reason):
            if refund.status is not AttemptStatus.STARTED:
                return ()
            return (RefundOutcomeUnknown(refund_id=refund_id, reason=reason),)
        case _:
            assert_never(news)


def _approval(bill: Bill, payment: Payment, news: RecordApproval) -> tuple[BillEvent, ...]:
    """An approval counts while its attempt is open and its bill is; otherwise it is a stray, to be given back."""
    if payment.status in {AttemptStatus.APPROVED, AttemptStatus.STRAY}:
        return ()
    if payment.status in OPEN and not bill.closed:
        return (
            PaymentApproved(
                payment_id=news.payment_id, authorization_code=news.authorization_code, reference=news.reference
            ),
        )
    return (
        StrayChargeFound(
            payment_id=news.payment_id, authorization_code=news.authorization_code, reference=news.reference
        ),
    )
