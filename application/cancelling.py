"""Ending an order before it is made: by its guest, by staff, or because nobody paid in time.

Order and bill are judged together, so a cancellation and a payment cannot pass each other unseen. What was paid goes
back by itself: the refund begins in the same transaction, and the gateway is asked right after it.
"""

from application.refunding import begun, settle_refunds
from application.requests import Answered, CancelOwnOrder, ExpireOrder
from application.seating import admit, open_seat
from application.showing import show_order
from application.streams import OpenedBill, OpenedOrder, open_bill, open_order
from application.texts import seal
from application.writer import Writer, reaction
from domain.bill.commands import CloseBill
from domain.bill.view import holding
from domain.order.commands import CancelOrder
from domain.order.errors import OrderNotFound, OrderNotModifiable
from domain.order.events import CancelledBy
from domain.order.state import Status
from domain.shared.sealed import Sealed


async def cancel_own_order(writer: Writer, wish: CancelOwnOrder) -> Answered:
    """Take one's order back while it is pending."""
    seat = open_seat(writer, wish.guest)
    order, bill = open_order(writer, wish.order_id), open_bill(writer, wish.order_id)
    await writer.load()
    admit(seat, writer.at)
    if order.state.session_id != wish.guest.session_id:
        raise OrderNotFound("There is no such order.")
    return await _cancel(writer, order, bill, CancelledBy.GUEST)


async def expire_order(writer: Writer, wish: ExpireOrder) -> Answered:
    """End an order whose time to be paid is up."""
    order, bill = open_order(writer, wish.order_id), open_bill(writer, wish.order_id)
    await writer.load()
    expires_at = order.state.expires_at
    if order.state.status is Status.PENDING and (expires_at is None or writer.at < expires_at):
        raise OrderNotModifiable("The order can still be paid.")
    return await _cancel(writer, order, bill, CancelledBy.EXPIRED)


async def cancel_by_staff(writer: Writer, order: OpenedOrder, bill: OpenedBill, reason: str | None) -> Answered:
    """End an order that is not being prepared yet."""
    subject = order.state.session_id
    sealed = None if subject is None else await seal(writer.house, writer.venue_id, subject, reason)
    return await _cancel(writer, order, bill, CancelledBy.STAFF, sealed)


async def _cancel(
    writer: Writer, order: OpenedOrder, bill: OpenedBill, cancelled_by: CancelledBy, reason: Sealed | None = None
) -> Answered:
    house, order_id = writer.house, order.stream
    order.decide(CancelOrder(order_id=order_id, cancelled_by=cancelled_by, reason=reason))
    fresh = tuple(house.ids() for _ in holding(bill.state))
    bill.decide(CloseBill(order_id=order_id, refund_ids=fresh, intent=b""))
    view = await show_order(writer.reading, order, bill)
    answered = await writer.commit(view, subject=order.state.session_id)
    if begun(bill) and not answered.replayed:
        cause = reaction(writer.occasion, answered.position)
        house.background.begin(settle_refunds(house, cause, order_id, begun(bill)))
    return answered
