"""Wishes about a cart. Prices, ids and the venue's limits come in with the command."""

from uuid import UUID

from domain.cart.events import ChosenOption, RepricedLine
from domain.shared.event import Command
from domain.shared.sealed import Sealed


class AddLine(Command, frozen=True, kw_only=True):
    """Add a dish as a line of its own, as chosen from the menu (see domain/menu/choice.py)."""

    line_id: UUID
    item_id: UUID
    category_id: UUID
    name: str
    quantity: int
    unit_price_minor: int
    options: tuple[ChosenOption, ...] = ()
    notes: Sealed | None = None
    lines_max: int
    quantity_max: int


class ChangeQuantity(Command, frozen=True, kw_only=True):
    """Want more or fewer of a line."""

    line_id: UUID
    quantity: int
    quantity_max: int


class RemoveLine(Command, frozen=True, kw_only=True):
    """Take a line out."""

    line_id: UUID


class ClearCart(Command, frozen=True, kw_only=True):
    """Take everything out."""


class RepriceCart(Command, frozen=True, kw_only=True):
    """Follow the menu: lines whose price differs get the new one."""

    lines: tuple[RepricedLine, ...]


class CheckOut(Command, frozen=True, kw_only=True):
    """Turn the cart into an order. `cart_version`, if given, is the one that the guest was shown."""

    order_id: UUID
    version: int
    cart_version: int | None = None


CartCommand = AddLine | ChangeQuantity | RemoveLine | ClearCart | RepriceCart | CheckOut
