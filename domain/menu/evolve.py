"""What the menu is once something happened to it. Never refuses: news of what is not there changes nothing."""

from collections.abc import Mapping
from typing import TypeVar, assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict, replace

from domain.menu.events import (
    CategoryAdded,
    CategoryChanged,
    CategoryRemoved,
    ItemAdded,
    ItemBack,
    ItemChanged,
    ItemRemoved,
    ItemRepriced,
    ItemSoldOut,
    MenuEvent,
    OptionGroupAdded,
    OptionGroupChanged,
    OptionGroupRemoved,
)
from domain.menu.state import Category, Item, Menu, OptionGroup
from domain.shared.changes import named

T = TypeVar("T", bound=Struct)


def evolve(menu: Menu, event: MenuEvent) -> Menu:
    """What the menu is once that happened."""
    match event:
        case CategoryAdded() | CategoryChanged() | CategoryRemoved():
            return replace(menu, categories=_categories(menu.categories, event))
        case OptionGroupAdded() | OptionGroupChanged():
            return replace(menu, groups=_groups(menu.groups, event))
        case OptionGroupRemoved(group_id=group_id):
            items = {item.item_id: _without_group(item, group_id) for item in menu.items.values()}
            return replace(menu, groups=_without(menu.groups, group_id), items=items)
        case ItemAdded() | ItemChanged() | ItemRepriced() | ItemRemoved() | ItemSoldOut() | ItemBack():
            return replace(menu, items=_items(menu.items, event))
        case _:
            assert_never(event)


def _categories(
    categories: Mapping[UUID, Category], event: CategoryAdded | CategoryChanged | CategoryRemoved
) -> Mapping[UUID, Category]:
    match event:
        case CategoryAdded(category_id=category_id):
            return {**categories, category_id: Category(**asdict(event))}
        case CategoryChanged(category_id=category_id):
            return _with(categories, category_id, **named(event))
        case CategoryRemoved(category_id=category_id):
            return _without(categories, category_id)
        case _:
            assert_never(event)


def _groups(
    groups: Mapping[UUID, OptionGroup], event: OptionGroupAdded | OptionGroupChanged
) -> Mapping[UUID, OptionGroup]:
    match event:
        case OptionGroupAdded(group_id=group_id):
            return {**groups, group_id: OptionGroup(**asdict(event))}
        case OptionGroupChanged(group_id=group_id):
            return _with(groups, group_id, **named(event))
        case _:
            assert_never(event)


def _items(
    items: Mapping[UUID, Item], event: ItemAdded | ItemChanged | ItemRepriced | ItemRemoved | ItemSoldOut | ItemBack
) -> Mapping[UUID, Item]:
    match event:
        case ItemAdded(item_id=item_id):
            return {**items, item_id: Item(**asdict(event))}
        case ItemChanged(item_id=item_id) | ItemRepriced(item_id=item_id):
            return _with(items, item_id, **named(event))
        case ItemRemoved(item_id=item_id):
            return _without(items, item_id)
        case ItemSoldOut(item_id=item_id, until=until):
            return _with(items, item_id, sold_out=True, sold_out_until=until)
        case ItemBack(item_id=item_id):
            return _with(items, item_id, sold_out=False, sold_out_until=None)
        case _:
            assert_never(event)


def _with(things: Mapping[UUID, T], key: UUID, /, **changes: object) -> Mapping[UUID, T]:
    present = things.get(key)
    return things if present is None else {**things, key: replace(present, **changes)}


def _without(things: Mapping[UUID, T], key: UUID) -> Mapping[UUID, T]:
    return {other: thing for other, thing in things.items() if other != key}


def _without_group(item: Item, group_id: UUID) -> Item:
    return replace(item, option_group_ids=tuple(other for other in item.option_group_ids if other != group_id))
