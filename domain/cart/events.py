"""What can have happened to a cart."""

from uuid import UUID

from msgspec import Struct

from domain.shared.event import Event
from domain.shared.sealed import Sealed


class ChosenOption(Struct, frozen=True, kw_only=True):
    """An option as it was chosen: its name and price then."""

    option_id: UUID
    name: str
    price_minor: int = 0


class LineAddedToCart(Event, frozen=True, kw_only=True, tag="cart.line-added.v1"):
    """A dish went into the cart, at the price the menu showed. `unit_price_minor` has the options' prices in it."""

    line_id: UUID
    item_id: UUID
    category_id: UUID
    name: str
    quantity: int
    unit_price_minor: int
    options: tuple[ChosenOption, ...] = ()
    notes: Sealed | None = None


class LineQuantityChanged(Event, frozen=True, kw_only=True, tag="cart.line-quantity-changed.v1"):
    """The guest wants more or fewer of it."""

    line_id: UUID
    quantity: int


class LineRemovedFromCart(Event, frozen=True, kw_only=True, tag="cart.line-removed.v1"):
    """The guest does not want it after all."""

    line_id: UUID


class CartCleared(Event, frozen=True, kw_only=True, tag="cart.cleared.v1"):
    """Everything was taken out."""


class RepricedLine(Struct, frozen=True, kw_only=True):
    """A line at today's menu: price, category and options as the menu has them now."""

    line_id: UUID
    category_id: UUID
    unit_price_minor: int
    options: tuple[ChosenOption, ...] = ()


class CartRepriced(Event, frozen=True, kw_only=True, tag="cart.repriced.v1"):
    """The menu changed under the cart; these lines have new prices."""

    lines: tuple[RepricedLine, ...]


class CartCheckedOut(Event, frozen=True, kw_only=True, tag="cart.checked-out.v1"):
    """The cart became an order, and is empty."""

    order_id: UUID


CartEvent = LineAddedToCart | LineQuantityChanged | LineRemovedFromCart | CartCleared | CartRepriced | CartCheckedOut
