"""How each fact changes a bill. Nothing here judges, so any history that was ever written can be read."""

from typing import Any, assert_never
from uuid import UUID

from msgspec.structs import replace

from domain.bill.events import (
    BillClosed,
    BillEvent,
    BillOpened,
    CashReceived,
    Method,
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
from domain.bill.state import AttemptStatus, Bill, Payment, Refund


def evolve(bill: Bill, event: BillEvent) -> Bill:
    """Take the bill one fact further, whatever came before; news of an attempt that is not there changes nothing."""
    match event:
        case BillOpened(order_id=order_id, session_id=session_id, total_minor=total_minor, currency=currency):
            return Bill(order_id=order_id, session_id=session_id, total_minor=total_minor, currency=currency)
        case PaymentStarted():
            return replace(bill, payments=(*bill.payments, _charge(event)))
        case CashReceived():
            return replace(bill, payments=(*bill.payments, _cash(event)))
        case PaymentApproved(payment_id=payment_id, authorization_code=code, reference=reference):
            news = {"status": AttemptStatus.APPROVED, "authorization_code": code, "reference": reference}
            return _with_payment(bill, payment_id, news)
        case StrayChargeFound(payment_id=payment_id, authorization_code=code, reference=reference):
            news = {"status": AttemptStatus.STRAY, "authorization_code": code, "reference": reference}
            return _with_payment(bill, payment_id, news)
        case PaymentDeclined(payment_id=payment_id, decline_code=code):
            return _with_payment(bill, payment_id, {"status": AttemptStatus.DECLINED, "decline_code": code})
        case PaymentOutcomeUnknown(payment_id=payment_id):
            return _with_payment(bill, payment_id, {"status": AttemptStatus.UNKNOWN})
        case PaymentNotCharged(payment_id=payment_id):
            return _with_payment(bill, payment_id, {"status": AttemptStatus.NOT_CHARGED})
        case RefundStarted():
            return replace(bill, refunds=(*bill.refunds, _refund(event)))
        case RefundApproved(refund_id=refund_id, reference=reference):
            return _with_refund(bill, refund_id, {"status": AttemptStatus.APPROVED, "reference": reference})
        case RefundDeclined(refund_id=refund_id, decline_code=code):
            return _with_refund(bill, refund_id, {"status": AttemptStatus.DECLINED, "decline_code": code})
        case RefundOutcomeUnknown(refund_id=refund_id):
            return _with_refund(bill, refund_id, {"status": AttemptStatus.UNKNOWN})
        case BillClosed():
            return replace(bill, closed=True)
        case _:
            assert_never(event)


def _charge(event: PaymentStarted) -> Payment:
    return Payment(
        payment_id=event.payment_id,
        method=Method.CARD,
        amount_minor=event.amount_minor,
        status=AttemptStatus.STARTED,
        intent=event.intent,
    )


def _cash(event: CashReceived) -> Payment:
    return Payment(
        payment_id=event.payment_id,
        method=Method.CASH,
        amount_minor=event.amount_minor,
        status=AttemptStatus.APPROVED,
    )


def _refund(event: RefundStarted) -> Refund:
    return Refund(
        refund_id=event.refund_id,
        payment_id=event.payment_id,
        amount_minor=event.amount_minor,
        status=AttemptStatus.STARTED,
        intent=event.intent,
        reason=event.reason,
    )


def _with_payment(bill: Bill, payment_id: UUID, news: dict[str, Any]) -> Bill:
    """The bill with these fields of one payment changed."""
    payments = tuple(
        replace(payment, **news) if payment.payment_id == payment_id else payment for payment in bill.payments
    )
    return replace(bill, payments=payments)


def _with_refund(bill: Bill, refund_id: UUID, news: dict[str, Any]) -> Bill:
    """The bill with these fields of one refund changed."""
    refunds = tuple(replace(refund, **news) if refund.refund_id == refund_id else refund for refund in bill.refunds)
    return replace(bill, refunds=refunds)
