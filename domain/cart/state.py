"""A cart as its history leaves it."""

from uuid import UUID

from msgspec import Struct

from domain.cart.events import ChosenOption
from domain.shared.sealed import Sealed


class CartLine(Struct, frozen=True, kw_only=True):
    """One line. `unit_price_minor` has its options' prices in it."""

    line_id: UUID
    item_id: UUID
    category_id: UUID
    name: str
    quantity: int
    unit_price_minor: int
    options: tuple[ChosenOption, ...] = ()
    notes: Sealed | None = None


class Cart(Struct, frozen=True, kw_only=True):
    """A cart and the orders that came of it, oldest first."""

    lines: tuple[CartLine, ...] = ()
    order_ids: tuple[UUID, ...] = ()
