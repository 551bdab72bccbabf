"""What can have happened to a menu. Things are shown in the order of `rank`, then of their addition."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from domain.shared.event import Event


class Option(Struct, frozen=True, kw_only=True):
    """One choice within a group; its price is added to the item's."""

    option_id: UUID
    name: str
    price_minor: int = 0


class CategoryAdded(Event, frozen=True, kw_only=True, tag="menu.category-added.v1"):
    """The menu has one more heading."""

    category_id: UUID
    name: str
    rank: int = 0


class CategoryChanged(Event, frozen=True, kw_only=True, tag="menu.category-changed.v1"):
    """A heading reads or stands differently."""

    category_id: UUID
    name: str | UnsetType = UNSET
    rank: int | UnsetType = UNSET


class CategoryRemoved(Event, frozen=True, kw_only=True, tag="menu.category-removed.v1"):
    """A heading is gone; it had no items left."""

    category_id: UUID


class ItemAdded(Event, frozen=True, kw_only=True, tag="menu.item-added.v1"):
    """The menu has one more dish."""

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


class ItemChanged(Event, frozen=True, kw_only=True, tag="menu.item-changed.v1"):
    """A dish is described differently, at the same price."""

    item_id: UUID
    category_id: UUID | UnsetType = UNSET
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    option_group_ids: tuple[UUID, ...] | UnsetType = UNSET
    allergens: tuple[str, ...] | UnsetType = UNSET
    dietary: tuple[str, ...] | UnsetType = UNSET
    image_url: str | UnsetType | None = UNSET
    rank: int | UnsetType = UNSET


class ItemRepriced(Event, frozen=True, kw_only=True, tag="menu.item-repriced.v1"):
    """A dish costs something else from here on; it keeps its id."""

    item_id: UUID
    price_minor: int


class ItemRemoved(Event, frozen=True, kw_only=True, tag="menu.item-removed.v1"):
    """A dish is off the menu."""

    item_id: UUID


class ItemSoldOut(Event, frozen=True, kw_only=True, tag="menu.item-sold-out.v1"):
    """A dish is 86'd: until that moment, or until it is back."""

    item_id: UUID
    until: datetime | None = None


class ItemBack(Event, frozen=True, kw_only=True, tag="menu.item-back.v1"):
    """A dish that was 86'd can be had again."""

    item_id: UUID


class OptionGroupAdded(Event, frozen=True, kw_only=True, tag="menu.option-group-added.v1"):
    """A set of choices that items may ask for: at least `choices_min` of it, at most `choices_max`."""

    group_id: UUID
    name: str
    choices_min: int
    choices_max: int
    options: tuple[Option, ...]


class OptionGroupChanged(Event, frozen=True, kw_only=True, tag="menu.option-group-changed.v1"):
    """A set of choices is another one from here on."""

    group_id: UUID
    name: str | UnsetType = UNSET
    choices_min: int | UnsetType = UNSET
    choices_max: int | UnsetType = UNSET
    options: tuple[Option, ...] | UnsetType = UNSET


class OptionGroupRemoved(Event, frozen=True, kw_only=True, tag="menu.option-group-removed.v1"):
    """A set of choices is gone, from every item that asked for it."""

    group_id: UUID


MenuEvent = (
    CategoryAdded
    | CategoryChanged
    | CategoryRemoved
    | ItemAdded
    | ItemChanged
    | ItemRepriced
    | ItemRemoved
    | ItemSoldOut
    | ItemBack
    | OptionGroupAdded
    | OptionGroupChanged
    | OptionGroupRemoved
)
