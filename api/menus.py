"""The menu's shape on the wire. The read model keeps it encoded, so this only describes it."""

from uuid import UUID

from msgspec import Struct


class MenuOption(Struct, frozen=True, kw_only=True):
    """A choice; its price is added to the dish's."""

    id: UUID
    name: str
    price: int


class MenuOptionGroup(Struct, frozen=True, kw_only=True):
    """Choose at least `min` and at most `max` of these."""

    id: UUID
    name: str
    min: int
    max: int
    options: tuple[MenuOption, ...]


class MenuItem(Struct, frozen=True, kw_only=True):
    """A dish."""

    id: UUID
    name: str
    description: str
    price: int
    available: bool
    option_groups: tuple[MenuOptionGroup, ...]
    allergens: tuple[str, ...]
    dietary: tuple[str, ...]
    image_url: str | None


class MenuCategory(Struct, frozen=True, kw_only=True):
    """A heading and its dishes."""

    id: UUID
    name: str
    items: tuple[MenuItem, ...]


class MenuVenue(Struct, frozen=True, kw_only=True):
    """Whose menu it is."""

    id: UUID
    slug: str
    name: str


class MenuView(Struct, frozen=True, kw_only=True):
    """All that a guest can order, in the order in which it is shown."""

    venue: MenuVenue
    currency: str
    categories: tuple[MenuCategory, ...]
