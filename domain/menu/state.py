"""The menu as its history leaves it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.menu.events import Option


class Category(Struct, frozen=True, kw_only=True):
    """A heading."""

    category_id: UUID
    name: str
    rank: int = 0


class OptionGroup(Struct, frozen=True, kw_only=True):
    """A set of choices."""

    group_id: UUID
    name: str
    choices_min: int
    choices_max: int
    options: tuple[Option, ...]


class Item(Struct, frozen=True, kw_only=True):
    """A dish. Sold out while `sold_out` and, if there is one, before `sold_out_until`."""

    item_id: UUID
    category_id: UUID
    name: str
    price_minor: int
    description: str = ""
    option_group_ids: tuple[UUID, ...] = ()
    allergens: tuple[str, ...] = ()
    dietary: tuple[str, ...] = ()
    image_url: str | None = None
    rank: int = 0
    sold_out: bool = False
    sold_out_until: datetime | None = None

    def available(self, at: datetime) -> bool:
        """Whether it can be had at that moment."""
        return not self.sold_out or (self.sold_out_until is not None and at >= self.sold_out_until)


class Menu(Struct, frozen=True, kw_only=True):
    """Everything on the menu, by id, in the order in which it was added. Mappings are never changed, only replaced."""

    categories: Mapping[UUID, Category] = {}
    items: Mapping[UUID, Item] = {}
    groups: Mapping[UUID, OptionGroup] = {}
