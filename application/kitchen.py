"""What staff do with an order: move it, its lines, call it back, take cash for it."""

from http import HTTPStatus
from typing import assert_never
from uuid import UUID

from application.cancelling import cancel_by_staff
from application.requests import Answered, MoveLine, MoveOrder, Recall, TakeCash
from application.showing import show_order
from application.streams import OpenedBill, OpenedOrder, open_bill, open_order
from application.texts import refuse_card_number
from application.views.bill import payment_view
from application.writer import Writer
from domain.bill.commands import ReceiveCash
from domain.bill.view import paid_minor
from domain.order.commands import CancelOrder, ConfirmOrder, OrderCommand, ReadyLine, RecallOrder, StartLine
from domain.order.errors import InvalidStatusTransition
from domain.order.moves import move_by_staff
from domain.order.state import LineStatus, Status


async def move_order(writer: Writer, wish: MoveOrder) -> Answered:
    """Bring an order into another state, if it is one that follows."""
    refuse_card_number("reason", wish.reason)
    order, bill = await _read(writer, wish.order_id)
    command = move_by_staff(wish.order_id, order.state.status, wish.status)
    if isinstance(command, CancelOrder):
        return await cancel_by_staff(writer, order, bill, wish.reason)
    return await _move(writer, order, bill, command)


async def move_line(writer: Writer, wish: MoveLine) -> Answered:
    """Bring one line into another state; the first and the last to move take the order along."""
    order, bill = await _read(writer, wish.order_id)
    return await _move(writer, order, bill, _line_command(wish))


async def recall(writer: Writer, wish: Recall) -> Answered:
    """Bring a ready order back to the stove."""
    order, bill = await _read(writer, wish.order_id)
    return await _move(writer, order, bill, RecallOrder(order_id=wish.order_id))


async def take_cash(writer: Writer, wish: TakeCash) -> Answered:
    """Take cash; once nothing is left to pay a pending order is confirmed with it."""
    order, bill = await _read(writer, wish.order_id)
    bill.decide(ReceiveCash(payment_id=writer.house.ids(), amount_minor=wish.amount_minor))
    if order.state.status is Status.PENDING and paid_minor(bill.state) >= bill.state.total_minor:
        order.decide(ConfirmOrder(order_id=wish.order_id))
    view = payment_view(bill.state, bill.state.payments[-1], wish.order_id)
    return await writer.commit(view, status=HTTPStatus.CREATED, subject=order.state.session_id)


async def _read(writer: Writer, order_id: UUID) -> tuple[OpenedOrder, OpenedBill]:
    order, bill = open_order(writer, order_id), open_bill(writer, order_id)
    await writer.load()
    return order, bill


async def _move(writer: Writer, order: OpenedOrder, bill: OpenedBill, command: OrderCommand) -> Answered:
    order.decide(command)
    return await writer.commit(await show_order(writer.reading, order, bill), subject=order.state.session_id)


def _line_command(wish: MoveLine) -> OrderCommand:
    match wish.status:
        case LineStatus.PREPARING:
            return StartLine(order_id=wish.order_id, line_id=wish.line_id)
        case LineStatus.READY:
            return ReadyLine(order_id=wish.order_id, line_id=wish.line_id)
        case LineStatus.CONFIRMED:
            raise InvalidStatusTransition("A line cannot become confirmed again.", wanted=wish.status.value)
        case _:
            assert_never(wish.status)
