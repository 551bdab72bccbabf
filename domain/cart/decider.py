"""A cart's rules: how much fits in, and when it may become an order."""

from typing import assert_never, get_args
from uuid import UUID

from msgspec.structs import replace

from domain.cart.commands import AddLine, CartCommand, ChangeQuantity, CheckOut, ClearCart, RemoveLine, RepriceCart
from domain.cart.errors import CartChanged, CartIsEmpty, CartIsFull, CartLineNotFound, QuantityExceedsLimit
from domain.cart.events import (
    CartCheckedOut,
    CartCleared,
    CartEvent,
    CartRepriced,
    LineAddedToCart,
    LineQuantityChanged,
    LineRemovedFromCart,
    RepricedLine,
)
from domain.cart.state import Cart, CartLine
from domain.shared.event import Decider
from domain.shared.refusals import IdTaken
from domain.shared.validation import require_none, within


def decide(cart: Cart, command: CartCommand) -> tuple[CartEvent, ...]:
    """What comes of a wish.

    Where several rules are broken: a line that is not there before its quantity, a quantity before a full cart,
    an empty cart before a changed one (of many who place the same cart, all but the first hear that it is empty).
    """
    match command:
        case AddLine():
            return (_line_added(cart, command),)
        case ChangeQuantity(line_id=line_id, quantity=quantity, quantity_max=quantity_max):
            line = _line(cart, line_id)
            _require_quantity(quantity, quantity_max)
            return () if line.quantity == quantity else (LineQuantityChanged(line_id=line_id, quantity=quantity),)
        case RemoveLine(line_id=line_id):
            _line(cart, line_id)
            return (LineRemovedFromCart(line_id=line_id),)
        case ClearCart():
            return (CartCleared(),) if cart.lines else ()
        case RepriceCart(lines=lines):
            present = {line.line_id: line for line in cart.lines}
            news = tuple(line for line in lines if line.line_id in present and _differs(present[line.line_id], line))
            return (CartRepriced(lines=news),) if news else ()
        case CheckOut(order_id=order_id, version=version, cart_version=shown):
            if not cart.lines:
                raise CartIsEmpty("The cart is empty; put something in before ordering.")
            if shown is not None and shown != version:
                raise CartChanged(
                    "The cart is not the one that cart_version names; look at it again before ordering.",
                    cart_version=version,
                )
            return (CartCheckedOut(order_id=order_id),)
        case _:
            assert_never(command)


def evolve(cart: Cart, event: CartEvent) -> Cart:
    """What the cart is once that happened."""
    match event:
        case LineAddedToCart():
            return replace(cart, lines=(*cart.lines, _as_line(event)))
        case LineQuantityChanged(line_id=line_id, quantity=quantity):
            return replace(
                cart,
                lines=tuple(
                    replace(line, quantity=quantity) if line.line_id == line_id else line for line in cart.lines
                ),
            )
        case LineRemovedFromCart(line_id=line_id):
            return replace(cart, lines=tuple(line for line in cart.lines if line.line_id != line_id))
        case CartCleared():
            return replace(cart, lines=())
        case CartRepriced(lines=repriced):
            news = {line.line_id: line for line in repriced}
            return replace(cart, lines=tuple(_repriced(line, news.get(line.line_id)) for line in cart.lines))
        case CartCheckedOut(order_id=order_id):
            return replace(cart, lines=(), order_ids=(*cart.order_ids, order_id))
        case _:
            assert_never(event)


def _line_added(cart: Cart, command: AddLine) -> LineAddedToCart:
    _require_quantity(command.quantity, command.quantity_max)
    if len(cart.lines) >= command.lines_max:
        raise CartIsFull(f"The cart holds at most {command.lines_max} lines.", lines_max=command.lines_max)
    if any(line.line_id == command.line_id for line in cart.lines):
        raise IdTaken("Another line of this cart goes by that id.")
    return LineAddedToCart(
        line_id=command.line_id,
        item_id=command.item_id,
        category_id=command.category_id,
        name=command.name,
        quantity=command.quantity,
        unit_price_minor=command.unit_price_minor,
        options=command.options,
        notes=command.notes,
    )


def _line(cart: Cart, line_id: UUID) -> CartLine:
    for line in cart.lines:
        if line.line_id == line_id:
            return line
    raise CartLineNotFound("The cart has no such line.")


def _require_quantity(quantity: int, quantity_max: int) -> None:
    require_none(within("quantity", quantity, least=1))
    if quantity > quantity_max:
        raise QuantityExceedsLimit(f"quantity must be at most {quantity_max} in one line.", quantity_max=quantity_max)


def _differs(line: CartLine, news: RepricedLine) -> bool:
    return (line.category_id, line.unit_price_minor, line.options) != (
        news.category_id,
        news.unit_price_minor,
        news.options,
    )


def _as_line(event: LineAddedToCart) -> CartLine:
    return CartLine(
        line_id=event.line_id,
        item_id=event.item_id,
        category_id=event.category_id,
        name=event.name,
        quantity=event.quantity,
        unit_price_minor=event.unit_price_minor,
        options=event.options,
        notes=event.notes,
    )


def _repriced(line: CartLine, news: RepricedLine | None) -> CartLine:
    if news is None:
        return line
    return replace(line, category_id=news.category_id, unit_price_minor=news.unit_price_minor, options=news.options)


CART = Decider(name="cart", initial=Cart(), decide=decide, evolve=evolve, events=get_args(CartEvent))
