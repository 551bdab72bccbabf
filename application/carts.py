"""Filling a cart. Every answer is the whole cart, priced by the venue's rules of this moment."""

from http import HTTPStatus

from application.reading import Reading
from application.requests import AddToCart, Answered, ChangeLine, ClearCart, RemoveLine
from application.seating import admit, open_seat, require_settings
from application.streams import OpenedCart, open_cart, open_menu
from application.texts import refuse_card_number, seal, unseal
from application.views.cart import CartView, cart_view
from application.views.table import table_view
from application.writer import Writer
from domain.cart import commands
from domain.cart.state import Cart
from domain.floor.state import Table
from domain.menu.choice import choose
from domain.pricing.calculate import quote
from domain.pricing.quote import PricedLine, Quote
from domain.venue.settings import Settings, pricing_rules


async def add_to_cart(writer: Writer, wish: AddToCart) -> Answered:
    """Put a dish in, as a line of its own, at the price that the menu shows now."""
    refuse_card_number("notes", wish.notes)
    seat, cart, menu = open_seat(writer, wish.guest), open_cart(writer, wish.guest.session_id), open_menu(writer)
    await writer.load()
    table, settings = admit(seat, writer.at), require_settings(seat.venue.state)
    choice = choose(menu.state, wish.item_id, wish.option_ids, writer.at)
    cart.decide(
        commands.AddLine(
            line_id=writer.house.ids(),
            item_id=choice.item_id,
            category_id=choice.category_id,
            name=choice.name,
            quantity=wish.quantity,
            unit_price_minor=choice.unit_price_minor,
            options=choice.options,
            notes=await seal(writer.house, writer.venue_id, wish.guest.session_id, wish.notes),
            lines_max=settings.cart_lines_max,
            quantity_max=settings.line_quantity_max,
        )
    )
    return await writer.commit(
        await show(writer.reading, cart, settings, table), status=HTTPStatus.CREATED, subject=wish.guest.session_id
    )


async def change_cart(writer: Writer, wish: ChangeLine | RemoveLine | ClearCart) -> Answered:
    """Change what is in it already."""
    seat, cart = open_seat(writer, wish.guest), open_cart(writer, wish.guest.session_id)
    await writer.load()
    table, settings = admit(seat, writer.at), require_settings(seat.venue.state)
    match wish:
        case ChangeLine(line_id=line_id, quantity=quantity):
            cart.decide(
                commands.ChangeQuantity(line_id=line_id, quantity=quantity, quantity_max=settings.line_quantity_max)
            )
        case RemoveLine(line_id=line_id):
            cart.decide(commands.RemoveLine(line_id=line_id))
        case ClearCart():
            cart.decide(commands.ClearCart())
    return await writer.commit(await show(writer.reading, cart, settings, table), subject=wish.guest.session_id)


async def show(reading: Reading, cart: OpenedCart, settings: Settings, table: Table) -> CartView:
    """The cart with its texts in clear."""
    texts = await unseal(reading.house.keyring, reading.venue_id, (line.notes for line in cart.state.lines))
    return cart_view(
        cart.stream,
        cart.state,
        version=cart.version,
        quote=cart_quote(cart.state, settings),
        currency=settings.currency,
        table=table_view(table),
        texts=texts,
    )


def cart_quote(cart: Cart, settings: Settings, *, tip_minor: int = 0) -> Quote:
    """What the cart costs by the venue's rules now."""
    lines = tuple(
        PricedLine(
            line_id=line.line_id,
            category_id=line.category_id,
            unit_price_minor=line.unit_price_minor,
            quantity=line.quantity,
        )
        for line in cart.lines
    )
    return quote(lines, pricing_rules(settings), tip_minor=tip_minor)
