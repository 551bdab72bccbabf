"""Giving money back: never more than was taken, and all of it once the order is cancelled."""

from uuid import UUID

import pytest

from domain.bill.allocation import spread
from domain.bill.commands import CloseBill, RecordRefundApproval, RecordRefundDecline, RecordRefundUnknown, StartRefund
from domain.bill.decider import BILL
from domain.bill.errors import (
    AmountInvalid,
    PaymentInProgress,
    PaymentNotFound,
    RefundExceedsPaid,
    RefundIdsMissing,
    RefundNotFound,
    TransactionIdTaken,
)
from domain.bill.events import BillEvent, RefundApproved, RefundStarted
from domain.bill.state import AttemptStatus, Refund
from domain.bill.view import holding, open_refunds, refundable_minor
from domain.shared.sealed import Sealed
from tests.unit.bill.examples import (
    CARD,
    CASH,
    CLOSED,
    DECLINED,
    INTENT,
    NOT_CHARGED,
    OPENED,
    ORDER_ID,
    OTHER_CARD,
    OTHER_REFUND,
    REFUND,
    REFUND_APPROVED,
    REFUND_DECLINED,
    REFUND_UNKNOWN,
    SESSION_ID,
    STRANGE_ID,
    STRAY,
    THIRD_REFUND,
    TOTAL,
    UNKNOWN,
    cash,
    charged,
    refund,
    refund_started,
    started,
)
from tests.unit.given import given

APPROVE = RecordRefundApproval(refund_id=REFUND, reference="R2")
DECLINE = RecordRefundDecline(refund_id=REFUND, decline_code="do_not_honour")
LOSE_SIGHT = RecordRefundUnknown(refund_id=REFUND, reason="timed_out")
PAID: tuple[BillEvent, ...] = (OPENED, *charged())


def close(*refund_ids: UUID) -> CloseBill:
    return CloseBill(order_id=ORDER_ID, refund_ids=refund_ids, intent=INTENT)


def test_a_refund_remembers_who_asked_and_why() -> None:
    why = Sealed(subject=SESSION_ID, box=b"cold")
    command = StartRefund(refund_id=REFUND, payment_id=CARD, amount_minor=97, intent=INTENT, reason=why)
    bill = (
        given(BILL, *PAID)
        .when(command)
        .then(RefundStarted(refund_id=REFUND, payment_id=CARD, amount_minor=97, intent=INTENT, reason=why))
    )
    assert bill.refunds == (
        Refund(
            refund_id=REFUND,
            payment_id=CARD,
            amount_minor=97,
            status=AttemptStatus.STARTED,
            intent=INTENT,
            reason=why,
        ),
    )
    assert open_refunds(bill) == bill.refunds


def test_all_that_was_paid_can_be_given_back_and_no_more() -> None:
    given(BILL, *PAID).when(refund(TOTAL)).then(refund_started(TOTAL))
    refusal = given(BILL, *PAID).when(refund(TOTAL + 1)).refused(RefundExceedsPaid)
    assert refusal.details == {"refundable": TOTAL}


@pytest.mark.parametrize("outcome", [(), (REFUND_UNKNOWN,), (REFUND_APPROVED,)])
def test_what_is_or_may_be_given_back_is_not_given_back_twice(outcome: tuple[BillEvent, ...]) -> None:
    history = given(BILL, *PAID, refund_started(5000), *outcome)
    history.when(refund(98, refund_id=OTHER_REFUND)).refused(RefundExceedsPaid)
    history.when(refund(97, refund_id=OTHER_REFUND)).then(refund_started(97, refund_id=OTHER_REFUND))


def test_a_declined_refund_can_be_tried_again() -> None:
    history = given(BILL, *PAID, refund_started(TOTAL), REFUND_DECLINED)
    history.when(refund(TOTAL, refund_id=OTHER_REFUND)).then(refund_started(TOTAL, refund_id=OTHER_REFUND))


def test_refunds_of_one_payment_leave_the_others_alone() -> None:
    history = given(BILL, OPENED, *charged(5000), cash(97), refund_started(5000))
    history.when(refund(97, refund_id=OTHER_REFUND, payment_id=CASH)).then(
        refund_started(97, refund_id=OTHER_REFUND, payment_id=CASH),
        RefundApproved(refund_id=OTHER_REFUND, reference="cash"),
    )


@pytest.mark.parametrize("attempt", [(), (UNKNOWN,), (DECLINED,), (NOT_CHARGED,)])
def test_a_payment_that_took_nothing_gives_nothing_back(attempt: tuple[BillEvent, ...]) -> None:
    given(BILL, OPENED, started(), *attempt).when(refund(1)).refused(RefundExceedsPaid)


def test_a_refund_is_of_at_least_one_minor_unit() -> None:
    given(BILL, *PAID).when(refund(0)).refused(AmountInvalid)
    given(BILL, *PAID).when(refund(-1)).refused(AmountInvalid)
    given(BILL, *PAID).when(refund(1)).then(refund_started(1))


def test_a_refund_names_a_payment_of_the_bill_and_an_identifier_of_its_own() -> None:
    given(BILL, *PAID).when(refund(1, payment_id=STRANGE_ID)).refused(PaymentNotFound)
    given(BILL, *PAID).when(refund(1, refund_id=CARD)).refused(TransactionIdTaken)
    given(BILL, *PAID, refund_started(1)).when(refund(1)).refused(TransactionIdTaken)


@pytest.mark.parametrize("before", [(), (REFUND_UNKNOWN,)])
def test_news_settles_an_open_refund(before: tuple[BillEvent, ...]) -> None:
    history = given(BILL, *PAID, refund_started(97), *before)
    assert history.when(APPROVE).then(REFUND_APPROVED).refunds[0].reference == "R2"
    assert history.when(DECLINE).then(REFUND_DECLINED).refunds[0].decline_code == "do_not_honour"


def test_news_of_a_settled_refund_is_an_echo() -> None:
    for ending in (REFUND_APPROVED, REFUND_DECLINED):
        history = given(BILL, *PAID, refund_started(97), ending)
        history.when(DECLINE).then()
        history.when(LOSE_SIGHT).then()
    given(BILL, *PAID, refund_started(97), REFUND_APPROVED).when(APPROVE).then()


def test_not_knowing_is_recorded_once() -> None:
    given(BILL, *PAID, refund_started(97)).when(LOSE_SIGHT).then(REFUND_UNKNOWN)
    given(BILL, *PAID, refund_started(97), REFUND_UNKNOWN).when(LOSE_SIGHT).then()


def test_money_that_went_back_after_a_decline_is_recorded_all_the_same() -> None:
    given(BILL, *PAID, refund_started(97), REFUND_DECLINED).when(APPROVE).then(REFUND_APPROVED)


def test_news_of_a_refund_that_the_bill_does_not_have_is_not_found() -> None:
    given(BILL, *PAID).when(APPROVE).refused(RefundNotFound)


def test_a_stray_charge_can_be_given_back_in_full_and_no_more() -> None:
    history = given(BILL, OPENED, started(), NOT_CHARGED, STRAY)
    history.when(refund(TOTAL)).then(refund_started(TOTAL))
    history.when(refund(TOTAL + 1)).refused(RefundExceedsPaid)


def test_closing_an_unpaid_bill_gives_nothing_back() -> None:
    assert given(BILL, OPENED, started(), DECLINED).when(close()).then(CLOSED).closed


def test_closing_a_paid_bill_begins_to_give_everything_back() -> None:
    given(BILL, OPENED, *charged(97), cash(1000), *charged(4000, payment_id=OTHER_CARD)).when(
        close(REFUND, OTHER_REFUND, THIRD_REFUND)
    ).then(
        CLOSED,
        refund_started(97),
        refund_started(1000, refund_id=OTHER_REFUND, payment_id=CASH),
        RefundApproved(refund_id=OTHER_REFUND, reference="cash"),
        refund_started(4000, refund_id=THIRD_REFUND, payment_id=OTHER_CARD),
    )


def test_closing_gives_back_only_what_is_not_on_its_way_already() -> None:
    partly = given(BILL, *PAID, refund_started(97))
    partly.when(close(OTHER_REFUND)).then(CLOSED, refund_started(5000, refund_id=OTHER_REFUND))
    given(BILL, *PAID, refund_started(TOTAL)).when(close()).then(CLOSED)


@pytest.mark.parametrize("attempt", [(started(),), (started(), UNKNOWN)])
def test_a_bill_with_an_open_attempt_cannot_be_closed(attempt: tuple[BillEvent, ...]) -> None:
    given(BILL, OPENED, *attempt).when(close()).refused(PaymentInProgress)


def test_closing_twice_changes_nothing() -> None:
    given(BILL, *PAID, CLOSED).when(close(REFUND)).then()


def test_closing_wants_a_fresh_identifier_for_each_payment_that_holds_money() -> None:
    history = given(BILL, OPENED, *charged(97), *charged(5000, payment_id=OTHER_CARD))
    assert [payment.payment_id for payment in holding(history.state)] == [CARD, OTHER_CARD]
    history.when(close(REFUND)).refused(RefundIdsMissing)
    history.when(close(REFUND, REFUND)).refused(RefundIdsMissing)
    history.when(close(REFUND, CARD)).refused(TransactionIdTaken)
    history.when(close(REFUND, OTHER_REFUND, THIRD_REFUND)).then(
        CLOSED,
        refund_started(97),
        refund_started(5000, refund_id=OTHER_REFUND, payment_id=OTHER_CARD),
    )


def test_a_refund_declined_on_a_closed_bill_can_be_tried_again() -> None:
    history = given(BILL, *PAID, CLOSED, refund_started(TOTAL), REFUND_DECLINED)
    history.when(refund(TOTAL, refund_id=OTHER_REFUND)).then(refund_started(TOTAL, refund_id=OTHER_REFUND))


def test_facts_about_unknown_refunds_change_nothing() -> None:
    before = given(BILL, *PAID).state
    for event in (REFUND_APPROVED, REFUND_DECLINED, REFUND_UNKNOWN):
        assert given(BILL, *PAID, event).state == before


def test_a_payment_given_back_twice_over_by_old_news_has_nothing_left_and_owes_nothing() -> None:
    bill = given(
        BILL,
        *PAID,
        refund_started(TOTAL),
        REFUND_DECLINED,
        refund_started(TOTAL, refund_id=OTHER_REFUND),
        REFUND_APPROVED,
    ).state
    assert refundable_minor(bill, bill.payments[0]) == 0


def test_a_refund_comes_out_of_the_newest_payments_first() -> None:
    bill = given(BILL, OPENED, *charged(97), cash(1000), *charged(4000, payment_id=OTHER_CARD)).state
    assert spread(bill, 4000) == ((OTHER_CARD, 4000),)
    assert spread(bill, 4500) == ((OTHER_CARD, 4000), (CASH, 500))
    assert spread(bill, TOTAL) == ((OTHER_CARD, 4000), (CASH, 1000), (CARD, 97))
    assert spread(bill, None) == ((OTHER_CARD, 4000), (CASH, 1000), (CARD, 97))


def test_a_refund_comes_out_of_what_is_left_of_each_payment() -> None:
    bill = given(
        BILL,
        OPENED,
        *charged(1000),
        *charged(4097, payment_id=OTHER_CARD),
        refund_started(4000, payment_id=OTHER_CARD),
    ).state
    assert spread(bill, 100) == ((OTHER_CARD, 97), (CARD, 3))


def test_a_refund_of_more_than_is_left_is_refused() -> None:
    bill = given(BILL, *PAID, refund_started(97)).state
    with pytest.raises(RefundExceedsPaid) as refusal:
        spread(bill, 5001)
    assert refusal.value.details == {"refundable": 5000}
    with pytest.raises(AmountInvalid):
        spread(bill, 0)


def test_where_nothing_was_paid_nothing_is_left_to_give_back() -> None:
    with pytest.raises(RefundExceedsPaid):
        spread(given(BILL, OPENED).state, None)


def test_a_refund_of_an_amount_spares_the_strays_and_one_of_all_takes_them_too() -> None:
    bill = given(BILL, OPENED, *charged(97, payment_id=OTHER_CARD), started(5000), NOT_CHARGED, STRAY).state
    assert spread(bill, 97) == ((OTHER_CARD, 97),)
    assert spread(bill, None) == ((CARD, 5000), (OTHER_CARD, 97))
    with pytest.raises(RefundExceedsPaid):
        spread(bill, 98)
