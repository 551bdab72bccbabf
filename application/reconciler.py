"""Finishing what nobody came back for: charges and refunds without an outcome, orders that were never paid.

Whoever calls this names one order; the read model `unsettled` knows which ones are worth it. Doing it twice, or in two
processes at once, does no harm.
"""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from application.cancelling import expire_order
from application.conflicts import until_it_holds
from application.house import House
from application.reading import Reading
from application.refunding import begun, settle_refunds
from application.requests import Answered, ExpireOrder
from application.settling import settle_charge
from application.streams import OpenedBill, open_bill, open_order
from application.views.staff import DoneView
from application.writer import REACTING, Occasion, Writer
from domain.bill.commands import StartRefund
from domain.bill.errors import PaymentInProgress
from domain.bill.state import AttemptStatus, Bill, Payment
from domain.bill.view import holding, open_attempt, open_refunds, refundable_minor
from domain.order.errors import OrderNotModifiable
from domain.order.state import Order, Status

DECLINES_MAX: Final = 3
"""After so many declined refunds of one payment, people have to look at it."""


async def settle(house: House, venue_id: UUID, order_id: UUID) -> bool:
    """Take one order as far as the gateway answers. Whether everything about it is settled now."""
    occasion = await _occasion(house, venue_id, order_id)
    await settle_charge(house, occasion, order_id)
    await _expire(house, occasion, order_id)
    await settle_refunds(house, occasion, order_id, await _begin_again(house, occasion, order_id))
    order, bill = await _look(house, venue_id, order_id)
    return not (open_attempt(bill) or open_refunds(bill) or _to_give_back(bill) or _is_overdue(house, order))


async def _expire(house: House, occasion: Occasion, order_id: UUID) -> None:
    order, bill = await _look(house, occasion.venue_id, order_id)
    if not _is_overdue(house, order) or open_attempt(bill):
        return
    try:
        await until_it_holds(house, occasion, lambda writer: expire_order(writer, ExpireOrder(order_id=order_id)))
    except (PaymentInProgress, OrderNotModifiable):
        # Somebody pays it, or has just ended it. If not for good, it comes up again.
        return


async def _begin_again(house: House, occasion: Occasion, order_id: UUID) -> tuple[UUID, ...]:
    """Begin a refund for all that has to go back and is not on its way: declined ones, and strays found late."""
    _, bill = await _look(house, occasion.venue_id, order_id)
    if not _to_give_back(bill):
        return ()
    fresh: tuple[UUID, ...] = ()

    async def attempt(writer: Writer) -> Answered:
        nonlocal fresh
        opened = open_bill(writer, order_id)
        await writer.load()
        for payment in _to_give_back(opened.state):
            _start(writer, opened, payment)
        fresh = begun(opened)
        return await writer.commit_unkept(DoneView(), status=HTTPStatus.OK)

    await until_it_holds(house, occasion, attempt)
    return fresh


def _start(writer: Writer, bill: OpenedBill, payment: Payment) -> None:
    bill.decide(
        StartRefund(
            refund_id=writer.house.ids(),
            payment_id=payment.payment_id,
            amount_minor=refundable_minor(bill.state, payment),
            intent=b"",
        )
    )


def _to_give_back(bill: Bill) -> list[Payment]:
    return [
        payment
        for payment in holding(bill)
        if (bill.closed or payment.status is AttemptStatus.STRAY) and _declines(bill, payment) < DECLINES_MAX
    ]


def _declines(bill: Bill, payment: Payment) -> int:
    return sum(
        refund.payment_id == payment.payment_id and refund.status is AttemptStatus.DECLINED for refund in bill.refunds
    )


def _is_overdue(house: House, order: Order) -> bool:
    return order.status is Status.PENDING and order.expires_at is not None and order.expires_at <= house.clock()


async def _look(house: House, venue_id: UUID, order_id: UUID) -> tuple[Order, Bill]:
    reading = Reading(house, venue_id)
    order, bill = open_order(reading, order_id), open_bill(reading, order_id)
    await reading.load()
    return order.state, bill.state


async def _occasion(house: House, venue_id: UUID, order_id: UUID) -> Occasion:
    """What the reconciler does is caused by the last thing that happened to the bill."""
    reading = Reading(house, venue_id)
    bill = open_bill(reading, order_id)
    await reading.load()
    return Occasion(
        venue_id=venue_id, actor=REACTING, request_id=str(house.ids()), caused_by=f"event:{bill.read.position}"
    )
