"""Giving money back. A refund, too, is recorded before the gateway hears of it, under an identifier of its own.

Whoever comes upon a refund without an outcome looks that identifier up before sending it again, so that a refund whose
answer was lost is not made twice. What the gateway declines on a closed bill is begun anew by the reconciler.
"""

from collections.abc import Collection
from datetime import timedelta
from http import HTTPStatus
from typing import Final, assert_never
from uuid import UUID

from application import gateway as cards
from application.conflicts import RETRY_AFTER_S, first_answer, or_first_answer, until_answered, until_it_holds
from application.house import House
from application.reading import Reading
from application.receipts import intent_of, is_intent_of
from application.requests import Answered, RefundOrder, Request, Told
from application.seating import require_settings
from application.settling import VOIDED, age, nobody_on_it
from application.steps import Step
from application.streams import OpenedBill, open_bill, open_order, open_venue
from application.texts import refuse_card_number, seal, unseal
from application.views.bill import refund_view
from application.views.staff import DoneView
from application.writer import Occasion, Writer, occasion_of
from domain.bill import commands as bills
from domain.bill.allocation import spread
from domain.bill.news import RefundNews
from domain.bill.state import Bill, Refund
from domain.bill.view import open_refunds
from domain.order.errors import OrderLineNotFound, OrderNotFound
from domain.order.state import Order, Status
from domain.shared.refusals import ValidationFailed

NO_ANSWER: Final = Told(
    code="PAYMENT_GATEWAY_UNAVAILABLE",
    message="The refund is recorded and will be made, but the payment gateway has not confirmed it yet.",
    details={"retry_after_s": RETRY_AFTER_S},
)


async def refund_order(house: House, request: Request, wish: RefundOrder) -> Answered:
    """Give some of an order's money back once; or say what became of the refund that this key stands for."""
    refuse_card_number("reason", wish.reason)
    if wish.amount_minor is not None and wish.line_ids is not None:
        raise ValidationFailed("amount and lines cannot both be given.", field="amount")
    occasion = occasion_of(request)
    return await or_first_answer(house, occasion, until_answered(house, lambda: _look_and_act(house, occasion, wish)))


async def _look_and_act(house: House, occasion: Occasion, wish: RefundOrder) -> Answered | None:
    """Do the next thing that this refund asks for. None: somebody else is on it, or was faster; look again."""
    writer = Writer(house, occasion)
    order, bill = open_order(writer, wish.order_id), open_bill(writer, wish.order_id)
    await writer.load()
    if first := await first_answer(house, occasion):
        return first
    if order.state.status is Status.NEW:
        raise OrderNotFound("There is no such order.")
    mine = _begun_by(bill.state, occasion)
    if not mine:
        return await house.background.see_through(_begin(writer, order.state, bill, wish))
    under_way = [refund for refund in mine if refund in open_refunds(bill.state)]
    if all(nobody_on_it(house, writer.reading, bill, refund.status) for refund in under_way):
        return await _carry_out(house, occasion, wish.order_id, ())
    return None


async def _begin(writer: Writer, order: Order, bill: OpenedBill, wish: RefundOrder) -> Answered:
    """Record that the refund begins, then carry it out; the caller sees both through."""
    fresh = await _start(writer, order, bill, wish)
    return await _carry_out(writer.house, writer.occasion, wish.order_id, fresh)


async def _start(writer: Writer, order: Order, bill: OpenedBill, wish: RefundOrder) -> Collection[UUID]:
    """Record that the refund begins, spread over the payments. The identifiers of its parts."""
    amount_minor = wish.amount_minor if wish.line_ids is None else _cost_of(order, wish.line_ids)
    reason = await seal(writer.house, writer.venue_id, order.session_id or wish.order_id, wish.reason)
    for payment_id, part_minor in spread(bill.state, amount_minor):
        bill.decide(
            bills.StartRefund(
                refund_id=writer.house.ids(),
                payment_id=payment_id,
                amount_minor=part_minor,
                intent=intent_of(writer.occasion.receipt),
                reason=reason,
            )
        )
    await writer.record_once("refund")
    await writer.house.steps.reached(Step.REFUND_STARTED)
    return begun(bill)


async def _carry_out(house: House, occasion: Occasion, order_id: UUID, fresh: Collection[UUID]) -> Answered:
    """Have the gateway give it back, and answer with what became of it."""
    await settle_refunds(house, occasion, order_id, fresh)

    async def attempt(writer: Writer) -> Answered:
        order, bill = open_order(writer, order_id), open_bill(writer, order_id)
        await writer.load()
        mine = _begun_by(bill.state, occasion) or [each for each in bill.state.refunds if each.refund_id in fresh]
        texts = await unseal(house.keyring, writer.venue_id, (refund.reason for refund in mine))
        if any(refund in open_refunds(bill.state) for refund in mine):
            return await writer.commit_unkept(NO_ANSWER, status=HTTPStatus.SERVICE_UNAVAILABLE)
        view = refund_view(bill.state, mine, order_id, texts)
        return await writer.commit(view, status=HTTPStatus.CREATED, subject=order.state.session_id)

    return await until_it_holds(house, occasion, attempt)


async def settle_refunds(house: House, occasion: Occasion, order_id: UUID, fresh: Collection[UUID] = ()) -> None:
    """Bring an order's open refunds to an end, as far as the gateway answers.

    `fresh` ones were begun by the caller just now: the gateway cannot have heard of them, so they are sent at once.
    Others are looked up first, and left alone while whoever began them may still be on them.
    """
    async with house.lanes.turn(("refund", order_id), house.timing.patience_s):
        reading = Reading(house, occasion.venue_id)
        bill, venue = open_bill(reading, order_id), open_venue(reading)
        await reading.load()
        delay = timedelta(seconds=require_settings(venue.state).unknown_settle_delay_s)
        for refund in open_refunds(bill.state):
            news: RefundNews | None
            if refund.refund_id in fresh:
                news = await _send(house, bill.state, refund)
            elif nobody_on_it(house, reading, bill, refund.status):
                news = await _find_out(house, bill.state, refund, may_send=age(reading, bill) >= delay)
            else:
                continue
            if news is not None:
                await _record(house, occasion, order_id, news)


def begun(bill: OpenedBill) -> tuple[UUID, ...]:
    """The refunds that this attempt has begun: those that were not there when the bill was read."""
    before: Bill = bill.read.state
    known = {refund.refund_id for refund in before.refunds}
    return tuple(refund.refund_id for refund in bill.state.refunds if refund.refund_id not in known)


async def _find_out(house: House, bill: Bill, refund: Refund, *, may_send: bool) -> RefundNews | None:
    """What became of a refund that may have been sent; it is sent again only if the gateway does not know it."""
    match await house.gateway.look_up(refund.refund_id):
        case cards.Found(kind="refund", outcome=cards.Approved(rrn=rrn)):
            return bills.RecordRefundApproval(refund_id=refund.refund_id, reference=rrn)
        case cards.Found(kind="refund", outcome=cards.Declined(decline_code=code)):
            return bills.RecordRefundDecline(refund_id=refund.refund_id, decline_code=code)
        case cards.NotFound() if may_send:
            return await _send(house, bill, refund)
        case _:
            return None


async def _send(house: House, bill: Bill, refund: Refund) -> RefundNews:
    outcome = await house.gateway.refund(
        cards.Refund(
            transaction_id=refund.refund_id,
            original_transaction_id=refund.payment_id,
            order_id=bill.order_id or refund.payment_id,
            amount_minor=refund.amount_minor,
            currency=bill.currency,
        )
    )
    await house.steps.reached(Step.REFUND_SENT)
    match outcome:
        case cards.Approved(rrn=rrn):
            return bills.RecordRefundApproval(refund_id=refund.refund_id, reference=rrn)
        case cards.Declined(decline_code=code):
            return await _declined(house, refund, code)
        case cards.Unknown(reason=reason):
            return bills.RecordRefundUnknown(refund_id=refund.refund_id, reason=reason.value)
        case _:
            assert_never(outcome)


async def _declined(house: House, refund: Refund, code: str) -> RefundNews:
    """A refund of a charge that was voided is declined because its money is back already."""
    match await house.gateway.look_up(refund.payment_id):
        case cards.Found(voided=True):
            return bills.RecordRefundApproval(refund_id=refund.refund_id, reference=VOIDED)
        case _:
            return bills.RecordRefundDecline(refund_id=refund.refund_id, decline_code=code)


async def _record(house: House, occasion: Occasion, order_id: UUID, news: RefundNews) -> None:
    async def attempt(writer: Writer) -> Answered:
        bill = open_bill(writer, order_id)
        await writer.load()
        bill.decide(news)
        return await writer.commit_unkept(DoneView(), status=HTTPStatus.OK)

    await until_it_holds(house, occasion, attempt)
    await house.steps.reached(Step.REFUND_RECORDED)


def _begun_by(bill: Bill, occasion: Occasion) -> list[Refund]:
    """The parts of the refund that was begun under this request's key. Refused: IdempotencyKeyReused."""
    return [refund for refund in bill.refunds if is_intent_of(occasion.receipt, refund.intent)]


def _cost_of(order: Order, line_ids: Collection[UUID]) -> int:
    """What the guest paid for these lines: their prices, less their discounts, with the taxes that came on top."""
    quotes = {line.line_id: line for line in order.quote.lines}
    unknown = set(line_ids) - set(quotes)
    if unknown:
        raise OrderLineNotFound("lines must be lines of this order.")
    chosen = [quotes[line_id] for line_id in set(line_ids)]
    return sum(
        line.line_total_minor - line.discount_minor + sum(tax.amount_minor for tax in line.taxes if not tax.included)
        for line in chosen
    )
