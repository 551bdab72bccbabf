"""What a bill's attempts add up to. Everything here follows from the state alone, and is never stored.

A payment counts as paid while it is APPROVED. A STRAY charge (found late, or on a closed bill) never counts: it is on
its way back. Money that was given back does not become due again, or every refund would ask the guest to pay once more;
given back in full, a bill is settled, however much of it had been paid.
"""

from uuid import UUID

from domain.bill.state import AttemptStatus, Bill, Payment, PaymentStatus, Refund


def paid_minor(bill: Bill) -> int:
    """All that was taken for the order, in minor units, whatever was given back since."""
    return sum(payment.amount_minor for payment in bill.payments if payment.status is AttemptStatus.APPROVED)


def refunded_minor(bill: Bill) -> int:
    """What was given back of `paid_minor`. Strays that were given back are not in it, as they were never paid."""
    return sum(_given_back_minor(bill, payment) for payment in bill.payments if _counts(payment))


def due_minor(bill: Bill) -> int:
    """What may still be paid: 0 on a closed bill, a paid one, and one that was given back in full."""
    paid = paid_minor(bill)
    if bill.closed or 0 < paid <= refunded_minor(bill):
        return 0
    return max(0, bill.total_minor - paid)


def payment_status(bill: Bill) -> PaymentStatus:
    """The one word for the whole bill. What is under way comes first, then what was given back, then what was paid."""
    attempt = open_attempt(bill)
    if attempt is not None:
        return PaymentStatus.PROCESSING if attempt.status is AttemptStatus.STARTED else PaymentStatus.UNKNOWN
    if bill.closed:
        return _closed_status(bill)
    paid, refunded = paid_minor(bill), refunded_minor(bill)
    if any(_is_open(refund) and _counts(payment_of(bill, refund.payment_id)) for refund in bill.refunds):
        return PaymentStatus.REFUNDING
    if 0 < paid <= refunded:
        return PaymentStatus.REFUNDED
    if refunded > 0:
        return PaymentStatus.PARTIALLY_REFUNDED
    if paid >= bill.total_minor:
        return PaymentStatus.PAID
    return PaymentStatus.PARTIALLY_PAID if paid > 0 else PaymentStatus.UNPAID


def open_attempt(bill: Bill) -> Payment | None:
    """The one payment whose outcome is not known yet, if there is one."""
    return next((payment for payment in bill.payments if _is_open(payment)), None)


def open_refunds(bill: Bill) -> tuple[Refund, ...]:
    """The refunds whose outcome is not known yet, in the order in which they began."""
    return tuple(refund for refund in bill.refunds if _is_open(refund))


def holding(bill: Bill) -> tuple[Payment, ...]:
    """The payments, strays too, with money that is neither given back nor on its way, in the bill's order."""
    return tuple(payment for payment in bill.payments if refundable_minor(bill, payment) > 0)


def refundable_minor(bill: Bill, payment: Payment) -> int:
    """How much of a payment can still be given back; refunds under way count as given, declined ones do not."""
    if payment.status not in {AttemptStatus.APPROVED, AttemptStatus.STRAY}:
        return 0
    spoken_for = sum(
        refund.amount_minor
        for refund in bill.refunds
        if refund.payment_id == payment.payment_id and refund.status is not AttemptStatus.DECLINED
    )
    return max(0, payment.amount_minor - spoken_for)


def payment_of(bill: Bill, payment_id: UUID) -> Payment | None:
    """The payment by that identifier, if the bill has it."""
    return next((payment for payment in bill.payments if payment.payment_id == payment_id), None)


def refund_of(bill: Bill, refund_id: UUID) -> Refund | None:
    """The refund by that identifier, if the bill has it."""
    return next((refund for refund in bill.refunds if refund.refund_id == refund_id), None)


def _closed_status(bill: Bill) -> PaymentStatus:
    """A closed bill is refunding until all that was ever taken, strays too, is back with the guest."""
    taken = [payment for payment in bill.payments if payment.status in {AttemptStatus.APPROVED, AttemptStatus.STRAY}]
    if not taken:
        return PaymentStatus.UNPAID
    if any(_given_back_minor(bill, payment) < payment.amount_minor for payment in taken):
        return PaymentStatus.REFUNDING
    return PaymentStatus.REFUNDED


def _given_back_minor(bill: Bill, payment: Payment) -> int:
    return sum(
        refund.amount_minor
        for refund in bill.refunds
        if refund.payment_id == payment.payment_id and refund.status is AttemptStatus.APPROVED
    )


def _counts(payment: Payment | None) -> bool:
    return payment is not None and payment.status is AttemptStatus.APPROVED


def _is_open(attempt: Payment | Refund) -> bool:
    return attempt.status in {AttemptStatus.STARTED, AttemptStatus.UNKNOWN}
