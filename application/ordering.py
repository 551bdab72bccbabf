"""From cart to order: all that has to hold is judged in the contract's order, then it happens in one transaction."""

from datetime import date, timedelta
from http import HTTPStatus

from application.carts import cart_quote
from application.conflicts import first_answer
from application.numbering import next_number
from application.requests import Answered, PlaceOrder
from application.seating import admit, open_seat, require_settings
from application.showing import show_order
from application.steps import Step
from application.streams import OpenedCart, open_cart, open_menu
from application.texts import refuse_card_number, seal
from application.views.order import OrderView
from application.writer import Superseded, Writer
from domain.bill.commands import OpenBill
from domain.bill.decider import BILL
from domain.cart import commands as carts
from domain.cart.errors import OrderMinimumNotMet, PriceChanged
from domain.cart.state import CartLine
from domain.floor.state import Table
from domain.menu.choice import reprice
from domain.menu.state import Menu
from domain.order import commands as orders
from domain.order.decider import ORDER
from domain.order.events import OrderLine
from domain.shared.ids import bill_stream
from domain.venue.calendar import business_day, is_open
from domain.venue.errors import VenueClosed
from domain.venue.settings import Settings


async def place_order(writer: Writer, wish: PlaceOrder) -> Answered:
    """Empty the cart into an order with its bill; none of the three happens alone."""
    refuse_card_number("notes", wish.notes)
    seat, cart, menu = open_seat(writer, wish.guest), open_cart(writer, wish.guest.session_id), open_menu(writer)
    await writer.load()
    table, settings = admit(seat, writer.at), require_settings(seat.venue.state)
    if not is_open(settings, writer.at):
        raise VenueClosed("The venue is closed; it takes no orders now.")
    check_out = carts.CheckOut(order_id=writer.house.ids(), version=cart.version, cart_version=wish.cart_version)
    cart.judge(check_out)
    if cart.state.order_ids and (first := await first_answer(writer.house, writer.occasion)):
        # This key may have ordered already, and what follows (new prices, a block of numbers) is kept by itself.
        return first
    await _follow_the_menu(writer, cart, menu.state, settings)
    _require_minimum(cart, settings)
    return await _place(writer, wish, cart, check_out, table, settings)


async def _follow_the_menu(writer: Writer, cart: OpenedCart, menu: Menu, settings: Settings) -> None:
    """Where prices changed, keep that, and refuse with PriceChanged: the guest has to see the new total first.

    A dish that only moved to another category, at the same total, surprises nobody: that is kept with the order.
    """
    before = _prices(cart, settings)
    cart.decide(carts.RepriceCart(lines=reprice(menu, cart.state.lines, writer.at)))
    now = _prices(cart, settings)
    if now == before:
        return
    await writer.record()
    raise PriceChanged(
        "Prices have changed since this was put in the cart; look at the new total and order again.",
        old_total=before[0],
        new_total=now[0],
        cart_version=cart.version,
    )


def _prices(cart: OpenedCart, settings: Settings) -> tuple[int, ...]:
    """The total, and what one of each line costs."""
    return cart_quote(cart.state, settings).total_minor, *(line.unit_price_minor for line in cart.state.lines)


def _require_minimum(cart: OpenedCart, settings: Settings) -> None:
    subtotal = cart_quote(cart.state, settings).subtotal_minor
    if subtotal < settings.order_minimum_minor:
        raise OrderMinimumNotMet(
            f"The venue takes orders from {settings.order_minimum_minor} up; this one comes to {subtotal}.",
            order_minimum=settings.order_minimum_minor,
            subtotal=subtotal,
        )


async def _place(
    writer: Writer, wish: PlaceOrder, cart: OpenedCart, check_out: carts.CheckOut, table: Table, settings: Settings
) -> Answered:
    house, order_id, session_id = writer.house, check_out.order_id, wish.guest.session_id
    day = business_day(settings, writer.at)
    number = await next_number(house, writer.venue_id, day, writer.occasion.request_id)
    await house.steps.reached(Step.NUMBER_TAKEN)
    order, bill = writer.begin(ORDER, order_id), writer.begin(BILL, bill_stream(order_id))
    priced = cart_quote(cart.state, settings, tip_minor=wish.tip_minor)
    order.decide(
        orders.PlaceOrder(
            order_id=order_id,
            session_id=session_id,
            table_id=table.table_id,
            table_name=table.name,
            cart_id=cart.stream,
            number=number,
            business_day=day,
            lines=tuple(_as_ordered(line) for line in cart.state.lines),
            quote=priced,
            currency=settings.currency,
            notes=await seal(house, writer.venue_id, session_id, wish.notes),
            placed_at=writer.at,
            expires_at=writer.at + timedelta(seconds=settings.order_expiry_s),
        )
    )
    bill.decide(
        OpenBill(order_id=order_id, session_id=session_id, total_minor=priced.total_minor, currency=settings.currency)
    )
    cart.decide(check_out)
    view = await show_order(writer.reading, order, bill)
    await house.steps.reached(Step.PLACE_JUDGED)
    answered = await _commit(writer, view, day, number)
    await house.steps.reached(Step.PLACED)
    return answered


async def _commit(writer: Writer, view: OrderView, day: date, number: int) -> Answered:
    """Append it all. A number that came to nothing is for the next one."""
    try:
        answered = await writer.commit(view, status=HTTPStatus.CREATED, subject=view.session_id)
    except Superseded:
        writer.house.numbers.give_back(writer.venue_id, day, number)
        raise
    if answered.replayed:
        writer.house.numbers.give_back(writer.venue_id, day, number)
    return answered


def _as_ordered(line: CartLine) -> OrderLine:
    return OrderLine(
        line_id=line.line_id,
        item_id=line.item_id,
        category_id=line.category_id,
        name=line.name,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        options=line.options,
        notes=line.notes,
    )
