"""Taking money: one attempt at a time, never more than is due."""

import pytest

from domain.bill.commands import (
    OpenBill,
    ReceiveCash,
    RecordDecline,
    RecordNotCharged,
    RecordUnknown,
)
from domain.bill.decider import BILL
from domain.bill.errors import (
    AmountInvalid,
    BillAlreadyOpened,
    BillNotFound,
    OrderAlreadyPaid,
    OrderNotPayable,
    PaymentInProgress,
    PaymentNotFound,
    TransactionIdTaken,
)
from domain.bill.events import BillEvent, Method
from domain.bill.state import AttemptStatus, Bill, Payment
from domain.bill.view import due_minor
from tests.unit.bill.examples import (
    CARD,
    CASH,
    CLOSED,
    DECLINED,
    FREE,
    INTENT,
    NOT_CHARGED,
    OPENED,
    ORDER_ID,
    OTHER_CARD,
    REFUND,
    REFUND_APPROVED,
    SESSION_ID,
    STRANGE_ID,
    STRAY,
    TOTAL,
    UNKNOWN,
    approve,
    approved,
    cash,
    charged,
    pay,
    refund_started,
    started,
)
from tests.unit.given import given

TAKE_CASH = ReceiveCash(payment_id=CASH, amount_minor=97)
DECLINE = RecordDecline(payment_id=CARD, decline_code="insufficient_funds")
LOSE_SIGHT = RecordUnknown(payment_id=CARD, reason="timed_out")
FIND_NOTHING = RecordNotCharged(payment_id=CARD)


def test_a_bill_is_opened_once() -> None:
    command = OpenBill(order_id=ORDER_ID, session_id=SESSION_ID, total_minor=TOTAL, currency="BSD")
    bill = given(BILL).when(command).then(OPENED)
    assert bill == Bill(order_id=ORDER_ID, session_id=SESSION_ID, total_minor=TOTAL, currency="BSD")
    given(BILL, OPENED).when(command).refused(BillAlreadyOpened)


def test_a_bill_that_is_not_there_is_an_order_that_is_not_there() -> None:
    assert given(BILL).when(pay()).refused(BillNotFound).code == "ORDER_NOT_FOUND"


def test_a_payment_is_for_all_that_is_due_unless_it_says_otherwise() -> None:
    given(BILL, OPENED).when(pay()).then(started(TOTAL))
    given(BILL, OPENED, cash(97)).when(pay()).then(started(5000))
    given(BILL, OPENED).when(pay(97)).then(started(97))


def test_an_approved_payment_remembers_what_the_gateway_said() -> None:
    bill = given(BILL, OPENED, started()).when(approve()).then(approved())
    assert bill.payments == (
        Payment(
            payment_id=CARD,
            method=Method.CARD,
            amount_minor=TOTAL,
            status=AttemptStatus.APPROVED,
            intent=INTENT,
            authorization_code="A1",
            reference="R1",
        ),
    )


def test_a_declined_payment_leaves_everything_due() -> None:
    bill = given(BILL, OPENED, started()).when(DECLINE).then(DECLINED)
    assert bill.payments[0].decline_code == "insufficient_funds"
    assert due_minor(bill) == TOTAL


def test_after_a_decline_another_card_may_try() -> None:
    given(BILL, OPENED, started(), DECLINED).when(pay(payment_id=OTHER_CARD)).then(started(payment_id=OTHER_CARD))


def test_after_a_charge_that_never_was_another_card_may_try() -> None:
    history = given(BILL, OPENED, started(), UNKNOWN, NOT_CHARGED)
    history.when(pay(payment_id=OTHER_CARD)).then(started(payment_id=OTHER_CARD))


@pytest.mark.parametrize("attempt", [(started(97),), (started(97), UNKNOWN)])
def test_an_open_attempt_admits_no_second_one(attempt: tuple[BillEvent, ...]) -> None:
    history = given(BILL, OPENED, *attempt)
    history.when(pay(payment_id=OTHER_CARD)).refused(PaymentInProgress)
    history.when(TAKE_CASH).refused(PaymentInProgress)
    history.when(pay(TOTAL + 1, payment_id=OTHER_CARD)).refused(PaymentInProgress)


def test_a_cancelled_order_is_not_payable_even_if_it_was_paid() -> None:
    given(BILL, OPENED, CLOSED).when(pay()).refused(OrderNotPayable)
    given(BILL, OPENED, *charged(), CLOSED).when(pay(0, payment_id=OTHER_CARD)).refused(OrderNotPayable)
    given(BILL, OPENED, CLOSED).when(TAKE_CASH).refused(OrderNotPayable)


@pytest.mark.parametrize(
    "history",
    [
        (OPENED, *charged()),
        (OPENED, cash(TOTAL)),
        (OPENED, *charged(97), cash(5000)),
        (OPENED, *charged(), refund_started(97), REFUND_APPROVED),
        (OPENED, *charged(), refund_started(TOTAL), REFUND_APPROVED),
        (OPENED, *charged(97), refund_started(97), REFUND_APPROVED),
        (FREE,),
    ],
)
@pytest.mark.parametrize("amount_minor", [None, 0, 1, TOTAL + 1])
def test_what_is_paid_or_given_back_is_not_paid_again(history: tuple[BillEvent, ...], amount_minor: int | None) -> None:
    given(BILL, *history).when(pay(amount_minor, payment_id=OTHER_CARD)).refused(OrderAlreadyPaid)


@pytest.mark.parametrize("amount_minor", [0, -1, TOTAL + 1])
def test_an_amount_is_at_least_one_and_at_most_what_is_due(amount_minor: int) -> None:
    assert given(BILL, OPENED).when(pay(amount_minor)).refused(AmountInvalid).details == {"due": TOTAL}
    given(BILL, OPENED).when(ReceiveCash(payment_id=CASH, amount_minor=amount_minor)).refused(AmountInvalid)


@pytest.mark.parametrize("amount_minor", [1, TOTAL])
def test_the_smallest_and_the_largest_amount_are_taken(amount_minor: int) -> None:
    given(BILL, OPENED).when(pay(amount_minor)).then(started(amount_minor))


def test_part_of_what_was_paid_being_given_back_leaves_only_the_rest_due() -> None:
    history = given(BILL, OPENED, *charged(1000), refund_started(100), REFUND_APPROVED)
    history.when(pay(payment_id=OTHER_CARD)).then(started(TOTAL - 1000, payment_id=OTHER_CARD))


def test_cash_counts_at_once() -> None:
    bill = given(BILL, OPENED).when(TAKE_CASH).then(cash(97))
    assert due_minor(bill) == 5000
    assert bill.payments[0].method is Method.CASH


def test_an_identifier_is_never_used_for_two_transactions() -> None:
    given(BILL, OPENED, started(), DECLINED).when(pay()).refused(TransactionIdTaken)
    given(BILL, OPENED, cash(97)).when(TAKE_CASH).refused(TransactionIdTaken)
    given(BILL, OPENED, *charged(97), refund_started(1)).when(pay(payment_id=REFUND)).refused(TransactionIdTaken)


@pytest.mark.parametrize("attempt", [(started(),), (started(), UNKNOWN)])
def test_news_settles_an_open_attempt(attempt: tuple[BillEvent, ...]) -> None:
    history = given(BILL, OPENED, *attempt)
    history.when(approve()).then(approved())
    history.when(DECLINE).then(DECLINED)
    history.when(FIND_NOTHING).then(NOT_CHARGED)


def test_not_knowing_is_recorded_once() -> None:
    given(BILL, OPENED, started()).when(LOSE_SIGHT).then(UNKNOWN)
    given(BILL, OPENED, started(), UNKNOWN).when(LOSE_SIGHT).then()


@pytest.mark.parametrize("ending", [approved(), DECLINED, NOT_CHARGED, STRAY])
def test_news_of_a_settled_attempt_that_says_nothing_was_charged_is_an_echo(ending: BillEvent) -> None:
    history = given(BILL, OPENED, started(), ending)
    history.when(DECLINE).then()
    history.when(LOSE_SIGHT).then()
    history.when(FIND_NOTHING).then()


@pytest.mark.parametrize("ending", [approved(), STRAY])
def test_an_approval_is_recorded_once(ending: BillEvent) -> None:
    given(BILL, OPENED, started(), ending).when(approve()).then()
    given(BILL, OPENED, started(), ending, CLOSED).when(approve()).then()


@pytest.mark.parametrize("ending", [DECLINED, NOT_CHARGED])
def test_an_approval_of_an_attempt_thought_dead_is_a_stray_charge(ending: BillEvent) -> None:
    bill = given(BILL, OPENED, started(), ending).when(approve()).then(STRAY)
    assert bill.payments[0].status is AttemptStatus.STRAY
    assert bill.payments[0].reference == "R1"
    assert due_minor(bill) == TOTAL


def test_an_approval_that_finds_its_bill_closed_is_a_stray_charge() -> None:
    given(BILL, OPENED, started(), CLOSED).when(approve()).then(STRAY)


def test_news_of_a_payment_that_the_bill_does_not_have_is_not_found() -> None:
    for news in (approve(STRANGE_ID), RecordNotCharged(payment_id=STRANGE_ID)):
        given(BILL, OPENED, started()).when(news).refused(PaymentNotFound)


def test_facts_about_unknown_payments_change_nothing() -> None:
    before = given(BILL, OPENED).state
    for event in (approved(), DECLINED, UNKNOWN, NOT_CHARGED, STRAY):
        assert given(BILL, OPENED, event).state == before
