"""What became of a charge: taking note of it, and finding it out where nobody was told.

An attempt is settled by looking it up under its identifier. What the gateway does not know counts as not charged only
once the venue's `unknown_settle_delay_s` has passed and the identifier was voided, so that no charge can arrive late.
Two who settle at once do no harm: every step is asked for by identifier, and what is known already changes nothing.
"""

from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final, assert_never
from uuid import UUID

from msgspec import Struct

from application.conflicts import until_it_holds
from application.gateway import Approved, Declined, Found, NotFound, Unknown, Voided
from application.house import House
from application.reading import Reading
from application.requests import Answered
from application.seating import require_settings
from application.steps import Step
from application.streams import OpenedBill, OpenedOrder, open_bill, open_order, open_venue
from application.views.staff import DoneView
from application.writer import Occasion, Writer
from domain.bill import commands as bills
from domain.bill.news import PaymentNews
from domain.bill.state import AttemptStatus, Bill, Payment
from domain.bill.view import holding, open_attempt, paid_minor, payment_of, refundable_minor
from domain.order.commands import ConfirmOrder
from domain.order.state import Status

VOIDED: Final = "void"
"""Stands where a refund's reference would: the charge was taken back by a void."""


class Finding(StrEnum):
    """How far settling came."""

    SETTLED = "settled"
    TOO_EARLY = "too_early"
    NO_ANSWER = "no_answer"


class News(Struct, frozen=True, kw_only=True):
    """What was found out about a charge; `taken_back` says that it was voided by us just now."""

    news: PaymentNews
    taken_back: bool = False


class Noted(Struct, frozen=True, kw_only=True, eq=False):
    """An order and its bill with the news on top, and the payment as it stands now."""

    order: OpenedOrder
    bill: OpenedBill
    payment: Payment


def nobody_on_it(house: House, reading: Reading, bill: OpenedBill, status: AttemptStatus) -> bool:
    """Whether an open attempt can be settled: its outcome is unknown, or whoever began it must be gone.

    Its age is taken by the ledger's clock alone, from the bill's last event, so no two clocks are ever compared.
    """
    return status is AttemptStatus.UNKNOWN or age(reading, bill) > timedelta(seconds=house.timing.abandoned_after_s)


def age(reading: Reading, opened: OpenedBill) -> timedelta:
    """How long ago, by the ledger's clock, the stream last grew."""
    recorded_at = opened.read.recorded_at
    return timedelta(0) if recorded_at is None else reading.read_at - recorded_at


async def take_note(writer: Writer, order_id: UUID, news: News) -> Noted:
    """Put the news to the bill, and do what follows from it in the same transaction.

    Once nothing is left to pay a pending order is confirmed. A charge that must not stand begins to go back.
    """
    order, bill = open_order(writer, order_id), open_bill(writer, order_id)
    await writer.load()
    bill.decide(news.news)
    payment = _payment(bill.state, news.news.payment_id)
    if payment.status is AttemptStatus.STRAY:
        _begin_to_give_back(writer, bill, payment)
    elif news.taken_back and payment.status is AttemptStatus.APPROVED:
        _note_taken_back(writer, bill, payment)
    elif order.state.status is Status.PENDING and paid_minor(bill.state) >= bill.state.total_minor:
        order.decide(ConfirmOrder(order_id=order_id))
    return Noted(order=order, bill=bill, payment=_payment(bill.state, payment.payment_id))


async def settle_charge(house: House, occasion: Occasion, order_id: UUID) -> Finding:
    """Find out what became of an order's open attempt, and record it. Whoever else wants that here waits for it."""
    async with house.lanes.turn(("settle", order_id), house.timing.patience_s):
        reading = Reading(house, occasion.venue_id)
        bill, venue = open_bill(reading, order_id), open_venue(reading)
        await reading.load()
        attempt = open_attempt(bill.state)
        if attempt is None:
            return Finding.SETTLED
        if not nobody_on_it(house, reading, bill, attempt.status):
            return Finding.TOO_EARLY
        await house.steps.reached(Step.SETTLE_BEGUN)
        delay = timedelta(seconds=require_settings(venue.state).unknown_settle_delay_s)
        found = await _find_out(house, bill.state, attempt, may_void=age(reading, bill) >= delay)
        if isinstance(found, Finding):
            return found
        await _record(house, occasion, order_id, found)
        await house.steps.reached(Step.SETTLE_RECORDED)
        return Finding.SETTLED


async def _find_out(house: House, bill: Bill, attempt: Payment, *, may_void: bool) -> News | Finding:
    found = await house.gateway.look_up(attempt.payment_id)
    await house.steps.reached(Step.SETTLE_LOOKED_UP)
    match found:
        case Unknown():
            return Finding.NO_ANSWER
        case NotFound():
            return await _rule_out(house, attempt) if may_void else Finding.TOO_EARLY
        case Found():
            return _conclude(found, bill, attempt)
        case _:
            assert_never(found)


def _conclude(found: Found, bill: Bill, attempt: Payment) -> News | Finding:
    """What the gateway's own record says. Something else under our identifier is for people to look at."""
    match found.outcome:
        case Declined(decline_code=code):
            return News(news=bills.RecordDecline(payment_id=attempt.payment_id, decline_code=code))
        case Approved() if found.voided:
            return News(news=bills.RecordNotCharged(payment_id=attempt.payment_id))
        case Approved() as approved:
            return _approval(attempt, approved) if _is_ours(found, bill, attempt) else Finding.NO_ANSWER
        case _:
            assert_never(found.outcome)


async def _rule_out(house: House, attempt: Payment) -> News | Finding:
    """Void what the gateway does not know, so that it can never be charged."""
    voided = await house.gateway.void(attempt.payment_id)
    await house.steps.reached(Step.SETTLE_VOIDED)
    not_charged = bills.RecordNotCharged(payment_id=attempt.payment_id)
    match voided:
        case Voided():
            return News(news=not_charged, taken_back=True)
        case NotFound():
            return News(news=not_charged)
        case Declined() | Unknown():
            return Finding.NO_ANSWER
        case _:
            assert_never(voided)


async def _record(house: House, occasion: Occasion, order_id: UUID, news: News) -> None:
    async def attempt(writer: Writer) -> Answered:
        await take_note(writer, order_id, news)
        return await writer.commit_unkept(DoneView(), status=HTTPStatus.OK)

    await until_it_holds(house, occasion, attempt)


def _approval(attempt: Payment, approved: Approved) -> News:
    return News(
        news=bills.RecordApproval(
            payment_id=attempt.payment_id,
            authorization_code=approved.authorization_code,
            reference=approved.rrn,
        )
    )


def _is_ours(found: Found, bill: Bill, attempt: Payment) -> bool:
    return (found.kind, found.amount_minor, found.currency, found.order_id) == (
        "charge",
        attempt.amount_minor,
        bill.currency,
        bill.order_id,
    )


def _begin_to_give_back(writer: Writer, bill: OpenedBill, payment: Payment) -> None:
    if payment in holding(bill.state):
        bill.decide(_all_of_it(writer, bill, payment))


def _note_taken_back(writer: Writer, bill: OpenedBill, payment: Payment) -> None:
    """Another process found the charge approved just before this one voided it: the money is back already."""
    refund = _all_of_it(writer, bill, payment)
    if refund.amount_minor:
        bill.decide(refund)
        bill.decide(bills.RecordRefundApproval(refund_id=refund.refund_id, reference=VOIDED))


def _all_of_it(writer: Writer, bill: OpenedBill, payment: Payment) -> bills.StartRefund:
    return bills.StartRefund(
        refund_id=writer.house.ids(),
        payment_id=payment.payment_id,
        amount_minor=refundable_minor(bill.state, payment),
        intent=b"",
    )


def _payment(bill: Bill, payment_id: UUID) -> Payment:
    payment = payment_of(bill, payment_id)
    if payment is None:
        raise LookupError("The bill took note of a payment that it does not have.")
    return payment
