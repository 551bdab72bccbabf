"""An order's money as read models need it: what came in, what went back, what is still in the air.

Rules are the bill's own (domain/bill); here are only sums. A test holds `payment_status` to the bill's.
"""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

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
from domain.bill.state import AttemptStatus, PaymentStatus

OPEN = frozenset({AttemptStatus.STARTED, AttemptStatus.UNKNOWN})


class Attempt(Struct, frozen=True, kw_only=True):
    """One try to take money, or to give money of `payment_id` back. `since`: when it became what it is."""

    payment_id: UUID
    amount_minor: int
    status: AttemptStatus
    since: datetime


class Tally(Struct, frozen=True, kw_only=True):
    """An order's money. Mappings are never changed, only replaced."""

    total_minor: int = 0
    closed: bool = False
    payments: dict[UUID, Attempt] = {}
    refunds: dict[UUID, Attempt] = {}

    @property
    def paid_minor(self) -> int:
        """What came in, whatever of it went back since. A stray charge was never meant to, and does not count."""
        return sum(payment.amount_minor for payment in self._having(AttemptStatus.APPROVED).values())

    @property
    def refunded_minor(self) -> int:
        """What went back of that."""
        return sum(self.given_back_minor(payment_id) for payment_id in self._having(AttemptStatus.APPROVED))

    @property
    def taken(self) -> dict[UUID, Attempt]:
        """The payments that moved money, meant to or not."""
        return self._having(AttemptStatus.APPROVED, AttemptStatus.STRAY)

    def given_back_minor(self, payment_id: UUID, *statuses: AttemptStatus) -> int:
        """What refunds gave back of a payment: those that were approved, or those in the given statuses."""
        counted = statuses or (AttemptStatus.APPROVED,)
        return sum(
            refund.amount_minor
            for refund in self.refunds.values()
            if refund.payment_id == payment_id and refund.status in counted
        )

    def _having(self, *statuses: AttemptStatus) -> dict[UUID, Attempt]:
        return {id_: payment for id_, payment in self.payments.items() if payment.status in statuses}


def tallied(tally: Tally, event: BillEvent, at: datetime) -> Tally:
    """The tally after one more event."""
    match event:
        case BillOpened(total_minor=total_minor):
            return replace(tally, total_minor=total_minor)
        case PaymentStarted(payment_id=id_, amount_minor=amount_minor):
            return _begun(tally, id_, amount_minor, AttemptStatus.STARTED, at)
        case CashReceived(payment_id=id_, amount_minor=amount_minor):
            return _begun(tally, id_, amount_minor, AttemptStatus.APPROVED, at)
        case PaymentApproved(payment_id=id_):
            return _became(tally, id_, AttemptStatus.APPROVED, at)
        case PaymentDeclined(payment_id=id_):
            return _became(tally, id_, AttemptStatus.DECLINED, at)
        case PaymentOutcomeUnknown(payment_id=id_):
            return _became(tally, id_, AttemptStatus.UNKNOWN, at)
        case PaymentNotCharged(payment_id=id_):
            return _became(tally, id_, AttemptStatus.NOT_CHARGED, at)
        case StrayChargeFound(payment_id=id_):
            return _became(tally, id_, AttemptStatus.STRAY, at)
        case RefundStarted(refund_id=id_, payment_id=payment_id, amount_minor=amount_minor):
            refund = Attempt(payment_id=payment_id, amount_minor=amount_minor, status=AttemptStatus.STARTED, since=at)
            return replace(tally, refunds={**tally.refunds, id_: refund})
        case RefundApproved(refund_id=id_):
            return _went(tally, id_, AttemptStatus.APPROVED, at)
        case RefundDeclined(refund_id=id_):
            return _went(tally, id_, AttemptStatus.DECLINED, at)
        case RefundOutcomeUnknown(refund_id=id_):
            return _went(tally, id_, AttemptStatus.UNKNOWN, at)
        case BillClosed():
            return replace(tally, closed=True)
        case _:
            assert_never(event)


def payment_status(tally: Tally) -> PaymentStatus:
    """What the bill looks like from outside: what is under way comes first, then what went back, then what came in."""
    for payment in tally.payments.values():
        if payment.status in OPEN:
            return PaymentStatus.PROCESSING if payment.status == AttemptStatus.STARTED else PaymentStatus.UNKNOWN
    if tally.closed:
        return _closed_status(tally)
    paid, refunded = tally.paid_minor, tally.refunded_minor
    meant = {id_ for id_, payment in tally.taken.items() if payment.status == AttemptStatus.APPROVED}
    if any(refund.status in OPEN and refund.payment_id in meant for refund in tally.refunds.values()):
        return PaymentStatus.REFUNDING
    if refunded > 0:
        return PaymentStatus.REFUNDED if refunded >= paid else PaymentStatus.PARTIALLY_REFUNDED
    if paid >= tally.total_minor:
        return PaymentStatus.PAID
    return PaymentStatus.PARTIALLY_PAID if paid > 0 else PaymentStatus.UNPAID


def _closed_status(tally: Tally) -> PaymentStatus:
    if not tally.taken:
        return PaymentStatus.UNPAID
    if any(tally.given_back_minor(id_) < payment.amount_minor for id_, payment in tally.taken.items()):
        return PaymentStatus.REFUNDING
    return PaymentStatus.REFUNDED


def _begun(tally: Tally, payment_id: UUID, amount_minor: int, status: AttemptStatus, at: datetime) -> Tally:
    payment = Attempt(payment_id=payment_id, amount_minor=amount_minor, status=status, since=at)
    return replace(tally, payments={**tally.payments, payment_id: payment})


def _became(tally: Tally, payment_id: UUID, status: AttemptStatus, at: datetime) -> Tally:
    payment = tally.payments.get(payment_id)
    if payment is None:
        return tally
    return replace(tally, payments={**tally.payments, payment_id: replace(payment, status=status, since=at)})


def _went(tally: Tally, refund_id: UUID, status: AttemptStatus, at: datetime) -> Tally:
    refund = tally.refunds.get(refund_id)
    if refund is None:
        return tally
    return replace(tally, refunds={**tally.refunds, refund_id: replace(refund, status=status, since=at)})
