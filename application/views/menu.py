"""The parts of a menu as its editor sees them. What guests see is a projection's page."""

from datetime import datetime
from uuid import UUID

from application.views.pricing import OptionView
from application.views.view import View
from domain.menu.state import Category, Item, OptionGroup


class CategoryView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    rank: int


class OptionGroupView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    min: int
    max: int
    options: tuple[OptionView, ...]


class ItemView(View, frozen=True, kw_only=True):
    id: UUID
    category_id: UUID
    name: str
    description: str
    price: int
    available: bool
    sold_out_until: datetime | None
    option_group_ids: tuple[UUID, ...]
    allergens: tuple[str, ...]
    dietary: tuple[str, ...]
    image_url: str | None
    rank: int


class RemovedView(View, frozen=True, kw_only=True):
    """Something that is no longer on the menu."""

    id: UUID
    removed: bool = True


def category_view(category: Category) -> CategoryView:
    return CategoryView(id=category.category_id, name=category.name, rank=category.rank)


def group_view(group: OptionGroup) -> OptionGroupView:
    return OptionGroupView(
        id=group.group_id,
        name=group.name,
        min=group.choices_min,
        max=group.choices_max,
        options=tuple(
            OptionView(id=option.option_id, name=option.name, price=option.price_minor) for option in group.options
        ),
    )


def item_view(item: Item, at: datetime) -> ItemView:
    """A dish as it is at that moment."""
    available = item.available(at)
    return ItemView(
        id=item.item_id,
        category_id=item.category_id,
        name=item.name,
        description=item.description,
        price=item.price_minor,
        available=available,
        sold_out_until=None if available else item.sold_out_until,
        option_group_ids=item.option_group_ids,
        allergens=item.allergens,
        dietary=item.dietary,
        image_url=item.image_url,
        rank=item.rank,
    )
