"""What a bill looks like from outside, at every turn of its life."""

import pytest

from domain.bill.decider import BILL
from domain.bill.events import BillEvent, RefundApproved
from domain.bill.state import PaymentStatus
from domain.bill.view import due_minor, open_attempt, paid_minor, payment_of, payment_status, refund_of, refunded_minor
from tests.unit.bill.examples import (
    CARD,
    CLOSED,
    DECLINED,
    FREE,
    NOT_CHARGED,
    OPENED,
    OTHER_CARD,
    OTHER_REFUND,
    REFUND,
    REFUND_APPROVED,
    REFUND_DECLINED,
    REFUND_UNKNOWN,
    STRANGE_ID,
    STRAY,
    TOTAL,
    UNKNOWN,
    cash,
    charged,
    refund_started,
    started,
)
from tests.unit.given import given

BY_OTHER_CARD = charged(payment_id=OTHER_CARD)

STORIES: dict[str, tuple[tuple[BillEvent, ...], PaymentStatus]] = {
    "nothing was tried": ((), PaymentStatus.UNPAID),
    "a card is being charged": ((started(),), PaymentStatus.PROCESSING),
    "nobody knows": ((started(), UNKNOWN), PaymentStatus.UNKNOWN),
    "the card was declined": ((started(), DECLINED), PaymentStatus.UNPAID),
    "it was found out that nothing was charged": ((started(), UNKNOWN, NOT_CHARGED), PaymentStatus.UNPAID),
    "part of it was paid": ((cash(97),), PaymentStatus.PARTIALLY_PAID),
    "the rest is being charged": ((cash(97), started(5000)), PaymentStatus.PROCESSING),
    "nobody knows about the rest": ((cash(97), started(5000), UNKNOWN), PaymentStatus.UNKNOWN),
    "it was paid in two": ((cash(97), *charged(5000)), PaymentStatus.PAID),
    "it was paid": (charged(), PaymentStatus.PAID),
    "some is being given back": ((*charged(), refund_started(97)), PaymentStatus.REFUNDING),
    "nobody knows if it was given back": ((*charged(), refund_started(97), REFUND_UNKNOWN), PaymentStatus.REFUNDING),
    "some was given back": ((*charged(), refund_started(97), REFUND_APPROVED), PaymentStatus.PARTIALLY_REFUNDED),
    "giving back was declined": ((*charged(), refund_started(97), REFUND_DECLINED), PaymentStatus.PAID),
    "all of it was given back": ((*charged(), refund_started(TOTAL), REFUND_APPROVED), PaymentStatus.REFUNDED),
    "all of a part was given back": (
        (*charged(97), refund_started(97), REFUND_APPROVED),
        PaymentStatus.REFUNDED,
    ),
    "some of a part was given back": (
        (*charged(97), refund_started(96), REFUND_APPROVED),
        PaymentStatus.PARTIALLY_REFUNDED,
    ),
    "a stray was found on an unpaid bill": ((started(), NOT_CHARGED, STRAY), PaymentStatus.UNPAID),
    "a stray is going back from a paid one": (
        (started(), NOT_CHARGED, *BY_OTHER_CARD, STRAY, refund_started(TOTAL)),
        PaymentStatus.PAID,
    ),
    "a stray went back from a paid one": (
        (started(), NOT_CHARGED, *BY_OTHER_CARD, STRAY, refund_started(TOTAL), REFUND_APPROVED),
        PaymentStatus.PAID,
    ),
    "it was cancelled unpaid": ((CLOSED,), PaymentStatus.UNPAID),
    "it was cancelled after a decline": ((started(), DECLINED, CLOSED), PaymentStatus.UNPAID),
    "it was cancelled paid": ((*charged(), CLOSED, refund_started(TOTAL)), PaymentStatus.REFUNDING),
    "it was cancelled and giving back was declined": (
        (*charged(), CLOSED, refund_started(TOTAL), REFUND_DECLINED),
        PaymentStatus.REFUNDING,
    ),
    "it was cancelled and half was given back": (
        (*charged(), CLOSED, refund_started(97), REFUND_APPROVED),
        PaymentStatus.REFUNDING,
    ),
    "it was cancelled and given back": (
        (*charged(), CLOSED, refund_started(TOTAL), REFUND_APPROVED),
        PaymentStatus.REFUNDED,
    ),
    "a stray was found after it was cancelled": (
        (started(), DECLINED, CLOSED, STRAY),
        PaymentStatus.REFUNDING,
    ),
    "that stray went back": (
        (started(), DECLINED, CLOSED, STRAY, refund_started(TOTAL), REFUND_APPROVED),
        PaymentStatus.REFUNDED,
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_payment_status_tells_where_the_money_is_when(story: str) -> None:
    events, expected = STORIES[story]
    assert payment_status(given(BILL, OPENED, *events).state) is expected


def test_every_payment_status_has_its_story() -> None:
    assert {status for _, status in STORIES.values()} == set(PaymentStatus)


def test_a_bill_of_nothing_is_paid() -> None:
    assert payment_status(given(BILL, FREE).state) is PaymentStatus.PAID


def test_what_is_paid_is_what_was_approved() -> None:
    bill = given(BILL, OPENED, *charged(97), started(1000, payment_id=OTHER_CARD)).state
    assert paid_minor(bill) == 97
    assert due_minor(bill) == 5000


def test_a_refund_does_not_make_anything_due_again() -> None:
    bill = given(BILL, OPENED, *charged(), refund_started(97), REFUND_APPROVED).state
    assert (paid_minor(bill), refunded_minor(bill), due_minor(bill)) == (TOTAL, 97, 0)


def test_only_approved_refunds_count_as_given_back() -> None:
    for outcome in ((), (REFUND_UNKNOWN,), (REFUND_DECLINED,)):
        assert refunded_minor(given(BILL, OPENED, *charged(), refund_started(97), *outcome).state) == 0


def test_several_refunds_add_up() -> None:
    bill = given(
        BILL,
        OPENED,
        *charged(),
        refund_started(97),
        REFUND_APPROVED,
        refund_started(3, refund_id=OTHER_REFUND),
        RefundApproved(refund_id=OTHER_REFUND, reference="R3"),
    ).state
    assert refunded_minor(bill) == 100


def test_a_stray_charge_is_neither_paid_nor_refunded() -> None:
    bill = given(BILL, OPENED, started(), NOT_CHARGED, STRAY, refund_started(TOTAL), REFUND_APPROVED).state
    assert (paid_minor(bill), refunded_minor(bill), due_minor(bill)) == (0, 0, TOTAL)


def test_nothing_is_due_on_a_closed_bill() -> None:
    assert due_minor(given(BILL, OPENED, CLOSED).state) == 0


def test_attempts_are_found_by_their_identifiers() -> None:
    bill = given(BILL, OPENED, *charged(97), refund_started(1)).state
    assert payment_of(bill, CARD) == bill.payments[0]
    assert refund_of(bill, REFUND) == bill.refunds[0]
    assert payment_of(bill, STRANGE_ID) is None
    assert refund_of(bill, STRANGE_ID) is None


def test_the_open_attempt_is_the_one_that_may_still_charge() -> None:
    bill = given(BILL, OPENED, started(97), DECLINED, started(98, payment_id=OTHER_CARD)).state
    assert open_attempt(bill) == bill.payments[1]
    assert open_attempt(given(BILL, OPENED, *charged()).state) is None
