"""Paying, refunding and cancelling, several at once and with a gateway that misbehaves; held against its own books."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from application.errors import IdempotencyInProgress
from application.reads import any_order
from application.reconciler import settle
from application.requests import (
    Answered,
    CancelOwnOrder,
    MoveOrder,
    PayOrder,
    RefundOrder,
    Request,
    TakeCash,
)
from application.views.bill import PaymentView
from application.views.order import OrderView
from domain.bill.errors import AmountInvalid, OrderAlreadyPaid, OrderNotPayable, PaymentInProgress, RefundExceedsPaid
from domain.order.errors import InvalidStatusTransition, OrderNotModifiable
from domain.order.state import Status
from domain.shared.refusals import Refusal
from tests.property.evening.venue import STAFF, Evening, Placed, once

INSIST_MAX: Final = 20
OPEN: Final = {"started", "unknown"}
NOT_PAYABLE: Final = (AmountInvalid, OrderAlreadyPaid, OrderNotPayable, PaymentInProgress, IdempotencyInProgress)


async def look_at(evening: Evening, placed: Placed) -> OrderView:
    """The order as it is now, after comparing its money with what the gateway holds."""
    view = (await any_order(evening.house, evening.venue_id, placed.order_id)).data
    assert view.total == placed.total_minor
    assert view.paid <= view.total
    assert view.refunded <= view.paid
    assert placed.cash == {one.id: one.amount for one in view.payments if one.method == "cash"}
    if not is_open(view):
        held = evening.world.charges(placed.order_id)
        for payment in view.payments:
            if payment.method == "card":
                assert kept_minor(view, payment) == held.pop(payment.id, 0), "the gateway holds what the bill says"
        assert not any(held.values()), "the gateway holds nothing that the bill does not know"
    return view


def is_open(view: OrderView) -> bool:
    """Whether anything about its money is not known yet."""
    return any(
        status in OPEN for status in [one.status for one in view.payments] + [one.status for one in view.refunds]
    )


def kept_minor(view: OrderView, payment: PaymentView) -> int:
    """What the bill says is kept of one payment."""
    if payment.status not in {"approved", "stray"}:
        return 0
    back = (one.amount for one in view.refunds if one.payment_id == payment.id and one.status == "approved")
    return payment.amount - sum(back)


async def pay(
    evening: Evening, placed: Placed, cards: Sequence[str], copies: int, portion: int, rivals: Sequence[Request] = ()
) -> None:
    """Hold out several cards at once, each under its own key and sent several times, while others want other things."""
    before, doubts = await look_at(evening, placed), evening.world.gateway.doubts
    amount_minor = max(1, before.due // portion) if portion > 1 else None
    requests = [_paying(evening, placed, card, amount_minor) for card in cards]
    results = await evening.at_once([*requests * copies, *rivals])
    payings = results[: len(requests) * copies]
    for each in payings:
        assert isinstance(each, (Answered, *NOT_PAYABLE)), each
    answered = [once(payings[index :: len(cards)]) for index in range(len(cards))]
    charged = [_payment_in(each).id for each in answered if each is not None and each.status in {200, 201}]
    assert len(set(charged)) == len(charged), "two keys never share a charge"
    after = await look_at(evening, placed)
    doubtful = is_open(before) or evening.world.gateway.doubts > doubts
    if set(cards) == {"tok_visa"} and portion == 1 and before.due and not doubtful and not rivals:
        assert len(charged) == 1, "of two pays at once exactly one is charged"
        assert after.paid == after.total
        assert after.status != "pending"


async def take_cash(evening: Evening, placed: Placed, amount_minor: int) -> None:
    """Take cash, asked twice under one key."""
    before = await look_at(evening, placed)
    request = evening.request(STAFF, TakeCash(order_id=placed.order_id, amount_minor=amount_minor))
    results = await evening.at_once([request, request])
    answered = once(results)
    if answered is None:
        assert all(isinstance(each, NOT_PAYABLE) for each in results), results
        assert is_open(before) or not 0 < amount_minor <= before.due
    else:
        payment = _payment_in(answered)
        placed.cash[payment.id] = payment.amount
    await look_at(evening, placed)


async def refund(evening: Evening, placed: Placed, amount_minor: int | None, copies: int) -> None:
    """Give money back, asked several times under one key."""
    before = await look_at(evening, placed)
    wish = RefundOrder(order_id=placed.order_id, reason="It was cold.", amount_minor=amount_minor)
    results = await evening.at_once([evening.request(STAFF, wish)] * copies)
    once(results)
    for each in results:
        assert isinstance(each, (Answered, AmountInvalid, RefundExceedsPaid, IdempotencyInProgress)), each
    after = await look_at(evening, placed)
    if not is_open(before) and not is_open(after) and amount_minor is not None:
        assert after.refunded - before.refunded in {0, amount_minor}, "one key gives back once"


async def cancel(evening: Evening, placed: Placed, by_guest: bool) -> None:  # noqa: FBT001 - a coin that hypothesis tosses
    """Cancel an order, asked twice under one key, if it may be."""
    before = await look_at(evening, placed)
    request = cancelling(evening, placed, by_guest)
    results = await evening.at_once([request, request])
    allowed = {"pending"} if by_guest else {"pending", "confirmed"}
    if any(one.status in OPEN for one in before.payments) or before.status not in allowed:
        reasons = (OrderNotModifiable, InvalidStatusTransition, PaymentInProgress)
        assert all(isinstance(each, reasons) for each in results), results
    else:
        assert once(results) is not None, results
        assert (await look_at(evening, placed)).status == "cancelled"


def cancelling(evening: Evening, placed: Placed, by_guest: bool) -> Request:  # noqa: FBT001 - see cancel
    """The wish to cancel."""
    if by_guest:
        return evening.request(placed.seated.actor, CancelOwnOrder(guest=placed.seated.guest, order_id=placed.order_id))
    wish = MoveOrder(order_id=placed.order_id, status=Status.CANCELLED, reason="Closing early.")
    return evening.request(STAFF, wish)


async def reconcile(evening: Evening, placed: Placed) -> None:
    """Have both processes look after one order at the same time."""
    await asyncio.gather(*(settle(house, evening.venue_id, placed.order_id) for house in evening.houses))
    await look_at(evening, placed)


async def insist(evening: Evening, placed: Placed, request: Request, card: str, before: OrderView) -> None:
    """Ask the same again until it is answered for good, as a guest does whose connection broke.

    `before` is the order before it was asked for the first time: what was due then is paid by this very key, once.
    """
    answered = await evening.ask(request)
    for _ in range(INSIST_MAX):
        if not _is_undecided(answered):
            break
        await asyncio.sleep(0.1)
        answered = await evening.ask(request)
    if before.status == "cancelled":
        assert isinstance(answered, OrderNotPayable | OrderAlreadyPaid), answered
    elif before.due and not is_open(before):
        assert isinstance(answered, Answered), answered
        assert answered.status == 402 if card == "tok_declined" else answered.status == 200
    else:
        assert isinstance(answered, Answered | OrderAlreadyPaid), answered
    await look_at(evening, placed)


def _is_undecided(answered: Answered | Refusal) -> bool:
    if isinstance(answered, Answered):
        return answered.status == 503
    return isinstance(answered, PaymentInProgress | IdempotencyInProgress)


def paying(evening: Evening, placed: Placed, card: str) -> Request:
    """The wish to pay all that is due."""
    return _paying(evening, placed, card, None)


def _paying(evening: Evening, placed: Placed, card: str, amount_minor: int | None) -> Request:
    wish = PayOrder(guest=placed.seated.guest, order_id=placed.order_id, card_token=card, amount_minor=amount_minor)
    return evening.request(placed.seated.actor, wish)


def _payment_in(answered: Answered) -> PaymentView:
    return msgspec.json.decode(answered.body, type=PaymentView)
