"""Wishes about the menu. Ids and the time come in with the command."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, UnsetType

from domain.menu.events import Option
from domain.shared.event import Command


class AddCategory(Command, frozen=True, kw_only=True):
    """Add a heading."""

    category_id: UUID
    name: str
    rank: int = 0


class ChangeCategory(Command, frozen=True, kw_only=True):
    """Rename or move a heading."""

    category_id: UUID
    name: str | UnsetType = UNSET
    rank: int | UnsetType = UNSET


class RemoveCategory(Command, frozen=True, kw_only=True):
    """Remove a heading that has no items."""

    category_id: UUID


class AddItem(Command, frozen=True, kw_only=True):
    """Add a dish."""

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


class ChangeItem(Command, frozen=True, kw_only=True):
    """Describe a dish differently, or reprice it; it keeps its id."""

    item_id: UUID
    category_id: UUID | UnsetType = UNSET
    name: str | UnsetType = UNSET
    price_minor: int | UnsetType = UNSET
    description: str | UnsetType = UNSET
    option_group_ids: tuple[UUID, ...] | UnsetType = UNSET
    allergens: tuple[str, ...] | UnsetType = UNSET
    dietary: tuple[str, ...] | UnsetType = UNSET
    image_url: str | UnsetType | None = UNSET
    rank: int | UnsetType = UNSET


class RemoveItem(Command, frozen=True, kw_only=True):
    """Take a dish off the menu."""

    item_id: UUID


class SellOut(Command, frozen=True, kw_only=True):
    """86 a dish, for good or until a moment. `at` is now."""

    item_id: UUID
    at: datetime
    until: datetime | None = None


class BringBack(Command, frozen=True, kw_only=True):
    """The dish can be had again."""

    item_id: UUID


class AddOptionGroup(Command, frozen=True, kw_only=True):
    """Add a set of choices."""

    group_id: UUID
    name: str
    choices_min: int
    choices_max: int
    options: tuple[Option, ...]


class ChangeOptionGroup(Command, frozen=True, kw_only=True):
    """Change a set of choices."""

    group_id: UUID
    name: str | UnsetType = UNSET
    choices_min: int | UnsetType = UNSET
    choices_max: int | UnsetType = UNSET
    options: tuple[Option, ...] | UnsetType = UNSET


class RemoveOptionGroup(Command, frozen=True, kw_only=True):
    """Remove a set of choices, from every item that asks for it."""

    group_id: UUID


MenuCommand = (
    AddCategory
    | ChangeCategory
    | RemoveCategory
    | AddItem
    | ChangeItem
    | RemoveItem
    | SellOut
    | BringBack
    | AddOptionGroup
    | ChangeOptionGroup
    | RemoveOptionGroup
)
