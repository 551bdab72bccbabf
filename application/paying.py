"""Paying by card: "started" is recorded before the gateway hears of it, the outcome after, each in its own transaction.

A bill with an open attempt admits no second one, so nobody is charged twice. Whoever comes upon an open attempt waits
for it if it is their own, is refused while somebody else is on it, and settles it where nobody is.
"""

from http import HTTPStatus
from typing import Final, assert_never
from uuid import UUID

import msgspec

from application.conflicts import RETRY_AFTER_S, first_answer, or_first_answer, until_answered, until_it_holds
from application.errors import IdempotencyKeyReused
from application.gateway import Approved, Charge, Declined, Outcome, Unknown
from application.house import House
from application.receipts import intent_of, is_intent_of
from application.refunding import begun, settle_refunds
from application.requests import Answered, PayOrder, Request, Told
from application.seating import admit, open_seat
from application.settling import Finding, News, Noted, nobody_on_it, settle_charge, take_note
from application.steps import Step
from application.streams import OpenedBill, open_bill, open_order
from application.texts import refuse_card_number
from application.views.bill import PaymentView, payment_view
from application.writer import Occasion, Writer, occasion_of, reaction
from domain.bill import commands as bills
from domain.bill.errors import OrderNotPayable, PaymentInProgress
from domain.bill.state import AttemptStatus, Bill, Payment
from domain.bill.view import open_attempt
from domain.order.errors import OrderNotFound

NO_ANSWER: Final = Told(
    code="PAYMENT_GATEWAY_UNAVAILABLE",
    message="The payment gateway gave no answer that can be relied on; ask again with the same key.",
    details={"retry_after_s": RETRY_AFTER_S},
)


async def pay(house: House, request: Request, wish: PayOrder) -> Answered:
    """Charge the card once, whatever happens; or say what became of the charge that this key stands for."""
    refuse_card_number("card_token", wish.card_token)
    occasion = occasion_of(request)
    return await or_first_answer(house, occasion, until_answered(house, lambda: _look_and_act(house, occasion, wish)))


async def _look_and_act(house: House, occasion: Occasion, wish: PayOrder) -> Answered | None:
    """Do the next thing that the bill asks for. None: something has changed, or is about to; look again."""
    writer = Writer(house, occasion)
    seat = open_seat(writer, wish.guest)
    order, bill = open_order(writer, wish.order_id), open_bill(writer, wish.order_id)
    await writer.load()
    admit(seat, writer.at)
    # Only now: who cannot prove to be the guest hears nothing of what was answered under a key.
    if first := await first_answer(house, occasion):
        return first
    if order.state.session_id != wish.guest.session_id:
        raise OrderNotFound("There is no such order.")
    mine = _attempt_of(bill.state, occasion)
    attempt = open_attempt(bill.state)
    if attempt is None:
        if mine is not None and mine.status is not AttemptStatus.NOT_CHARGED:
            return await _answer_from(house, occasion, wish.order_id, mine.payment_id)
        return await _start(writer, bill, wish)
    if nobody_on_it(house, writer.reading, bill, attempt.status):
        return await _settle_first(house, occasion, wish)
    if mine is not attempt:
        raise PaymentInProgress("A payment of this order is under way.", retry_after_s=RETRY_AFTER_S)
    return None


async def _settle_first(house: House, occasion: Occasion, wish: PayOrder) -> Answered | None:
    match await settle_charge(house, occasion, wish.order_id):
        case Finding.SETTLED:
            return await _look_and_act(house, occasion, wish)
        case Finding.TOO_EARLY:
            raise PaymentInProgress(
                "What became of the last payment of this order is not known yet.", retry_after_s=RETRY_AFTER_S
            )
        case Finding.NO_ANSWER:
            return Answered(status=HTTPStatus.SERVICE_UNAVAILABLE, body=msgspec.json.encode(NO_ANSWER), position=0)


async def _start(writer: Writer, bill: OpenedBill, wish: PayOrder) -> Answered:
    """Record that it begins, then charge. Both are seen through, even if the guest hangs up between them."""
    house, payment_id = writer.house, writer.house.ids()
    bill.decide(
        bills.StartPayment(
            payment_id=payment_id, amount_minor=wish.amount_minor, intent=intent_of(writer.occasion.receipt)
        )
    )
    await house.steps.reached(Step.PAY_JUDGED)
    charge = Charge(
        transaction_id=payment_id,
        order_id=wish.order_id,
        amount_minor=bill.state.payments[-1].amount_minor,
        currency=bill.state.currency,
        card_token=wish.card_token,
    )
    tries = sum(is_intent_of(writer.occasion.receipt, each.intent) for each in bill.read.state.payments)
    return await house.background.see_through(_charge(writer, charge, tries))


async def _charge(writer: Writer, charge: Charge, tries: int) -> Answered:
    """Charge, `tries` earlier attempts of this request having charged nothing."""
    house = writer.house
    await writer.record_once(f"charge {tries}")
    await house.steps.reached(Step.PAY_STARTED)
    outcome = await house.gateway.charge(charge)
    await house.steps.reached(Step.PAY_CHARGED)
    answered = await _answer_with(house, writer.occasion, charge.order_id, _news(charge.transaction_id, outcome))
    await house.steps.reached(Step.PAY_RECORDED)
    return answered


def _news(payment_id: UUID, outcome: Outcome) -> News:
    match outcome:
        case Approved(authorization_code=code, rrn=rrn):
            return News(news=bills.RecordApproval(payment_id=payment_id, authorization_code=code, reference=rrn))
        case Declined(decline_code=code):
            return News(news=bills.RecordDecline(payment_id=payment_id, decline_code=code))
        case Unknown(reason=reason):
            return News(news=bills.RecordUnknown(payment_id=payment_id, reason=reason.value))
        case _:
            assert_never(outcome)


async def _answer_with(house: House, occasion: Occasion, order_id: UUID, news: News) -> Answered:
    """Record what the gateway said, with the answer that it makes; both in one transaction."""

    async def attempt(writer: Writer) -> Answered:
        return await _commit(writer, await take_note(writer, order_id, news), order_id)

    return await until_it_holds(house, occasion, attempt)


async def _answer_from(house: House, occasion: Occasion, order_id: UUID, payment_id: UUID) -> Answered:
    """Answer a request whose attempt was settled by somebody else, and keep that answer for its key."""

    async def attempt(writer: Writer) -> Answered:
        order, bill = open_order(writer, order_id), open_bill(writer, order_id)
        await writer.load()
        payment = next(payment for payment in bill.state.payments if payment.payment_id == payment_id)
        return await _commit(writer, Noted(order=order, bill=bill, payment=payment), order_id)

    return await until_it_holds(house, occasion, attempt)


async def _commit(writer: Writer, noted: Noted, order_id: UUID) -> Answered:
    """What is certain is kept under the guest's key; what is not is told, and asked again next time."""
    payment, subject = noted.payment, noted.order.state.session_id
    match payment.status:
        case AttemptStatus.APPROVED:
            return await _keep(writer, payment_view(noted.bill.state, payment, order_id), HTTPStatus.OK, subject)
        case AttemptStatus.DECLINED:
            return await _keep(writer, _declined(payment), HTTPStatus.PAYMENT_REQUIRED, subject)
        case AttemptStatus.STRAY:
            position = await writer.record()
            cause = reaction(writer.occasion, position)
            writer.house.background.begin(settle_refunds(writer.house, cause, order_id, begun(noted.bill)))
            raise OrderNotPayable("The order was cancelled meanwhile; the charge is being given back.")
        case AttemptStatus.STARTED | AttemptStatus.UNKNOWN | AttemptStatus.NOT_CHARGED:
            return await writer.commit_unkept(NO_ANSWER, status=HTTPStatus.SERVICE_UNAVAILABLE)


async def _keep(writer: Writer, view: PaymentView | Told, status: HTTPStatus, subject: UUID | None) -> Answered:
    """Append the news with its answer. A key that another request took meanwhile must not keep the news out."""
    try:
        return await writer.commit(view, status=status, subject=subject)
    except IdempotencyKeyReused:
        return await writer.commit_unkept(view, status=status)


def _declined(payment: Payment) -> Told:
    return Told(
        code="PAYMENT_DECLINED",
        message="The card was declined; another card, or a new try, needs a new key.",
        details={"decline_code": payment.decline_code, "payment_id": str(payment.payment_id)},
    )


def _attempt_of(bill: Bill, occasion: Occasion) -> Payment | None:
    """The last attempt that was begun under this request's key. Refused: IdempotencyKeyReused."""
    return next((each for each in reversed(bill.payments) if is_intent_of(occasion.receipt, each.intent)), None)
