"""Of bills."""

from typing import Final

from domain.bill.events import (
    BillClosed,
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
from tests.replay.examples.example import GUEST, ORDER, PAYMENT, REFUND, WORDS, Example

INTENT: Final = bytes(range(32))

EXAMPLES: Final = (
    Example(event=BillOpened(order_id=ORDER, session_id=GUEST, total_minor=5_290, currency="BSD")),
    Example(event=PaymentStarted(payment_id=PAYMENT, amount_minor=5_290, intent=INTENT)),
    Example(event=PaymentApproved(payment_id=PAYMENT, authorization_code="123456", reference="000000000042")),
    Example(event=PaymentDeclined(payment_id=PAYMENT, decline_code="insufficient_funds")),
    Example(event=PaymentOutcomeUnknown(payment_id=PAYMENT, reason="timed_out")),
    Example(event=PaymentNotCharged(payment_id=PAYMENT)),
    Example(event=StrayChargeFound(payment_id=PAYMENT, authorization_code="123456", reference="000000000042")),
    Example(event=CashReceived(payment_id=PAYMENT, amount_minor=2_000)),
    Example(event=RefundStarted(refund_id=REFUND, payment_id=PAYMENT, amount_minor=1_299, intent=INTENT, reason=WORDS)),
    Example(variant="least", event=RefundStarted(refund_id=REFUND, payment_id=PAYMENT, amount_minor=1, intent=b"")),
    Example(event=RefundApproved(refund_id=REFUND, reference="000000000043")),
    Example(event=RefundDeclined(refund_id=REFUND, decline_code="do_not_honor")),
    Example(event=RefundOutcomeUnknown(refund_id=REFUND, reason="no_connection")),
    Example(event=BillClosed(order_id=ORDER)),
)
