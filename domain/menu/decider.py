"""The menu's rules: nothing refers to what is not there, and what a dish asks of a guest can be done."""

from collections.abc import Mapping
from typing import Final, TypeVar, assert_never, get_args
from uuid import UUID

from msgspec.structs import asdict, replace

from domain.menu import limits
from domain.menu.commands import (
    AddCategory,
    AddItem,
    AddOptionGroup,
    BringBack,
    ChangeCategory,
    ChangeItem,
    ChangeOptionGroup,
    MenuCommand,
    RemoveCategory,
    RemoveItem,
    RemoveOptionGroup,
    SellOut,
)
from domain.menu.errors import CategoryNotEmpty, CategoryNotFound, MenuIsFull, MenuItemNotFound, OptionGroupNotFound
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
from domain.menu.evolve import evolve
from domain.menu.state import Category, Item, Menu, OptionGroup
from domain.shared.changes import differing
from domain.shared.event import Decider
from domain.shared.refusals import IdTaken, ValidationFailed
from domain.shared.validation import require_none

CATEGORIES_MAX: Final = 200
ITEMS_MAX: Final = 2_000
GROUPS_MAX: Final = 500

T = TypeVar("T")


def decide(menu: Menu, command: MenuCommand) -> tuple[MenuEvent, ...]:
    """What comes of a wish."""
    match command:
        case AddCategory() | ChangeCategory() | RemoveCategory():
            return _about_category(menu, command)
        case AddItem() | ChangeItem() | RemoveItem():
            return _about_item(menu, command)
        case SellOut() | BringBack():
            return _about_supply(menu, command)
        case AddOptionGroup() | ChangeOptionGroup() | RemoveOptionGroup():
            return _about_group(menu, command)
        case _:
            assert_never(command)


def _about_category(menu: Menu, command: AddCategory | ChangeCategory | RemoveCategory) -> tuple[MenuEvent, ...]:
    match command:
        case AddCategory(category_id=category_id):
            category = Category(**asdict(command))
            require_none(limits.of_category(category))
            _require_room(menu.categories, category_id, CATEGORIES_MAX, "categories")
            return (CategoryAdded(**asdict(command)),)
        case ChangeCategory(category_id=category_id):
            present = _category(menu, category_id)
            changes = differing(command, present)
            require_none(limits.of_category(replace(present, **changes)))
            return (CategoryChanged(category_id=category_id, **changes),) if changes else ()
        case RemoveCategory(category_id=category_id):
            _category(menu, category_id)
            if any(item.category_id == category_id for item in menu.items.values()):
                raise CategoryNotEmpty("The category still has items; move or remove them first.")
            return (CategoryRemoved(category_id=category_id),)
        case _:
            assert_never(command)


def _about_item(menu: Menu, command: AddItem | ChangeItem | RemoveItem) -> tuple[MenuEvent, ...]:
    match command:
        case AddItem(item_id=item_id):
            item = Item(**asdict(command))
            require_none(limits.of_item(item))
            _require_room(menu.items, item_id, ITEMS_MAX, "items")
            _require_known(menu, item)
            return (ItemAdded(**asdict(command)),)
        case ChangeItem(item_id=item_id):
            present = _item(menu, item_id)
            changes = differing(command, present)
            changed = replace(present, **changes)
            require_none(limits.of_item(changed))
            _require_known(menu, changed)
            price_minor = changes.pop("price_minor", None)
            described = (ItemChanged(item_id=item_id, **changes),) if changes else ()
            repriced = (ItemRepriced(item_id=item_id, price_minor=price_minor),) if price_minor is not None else ()
            return (*described, *repriced)
        case RemoveItem(item_id=item_id):
            _item(menu, item_id)
            return (ItemRemoved(item_id=item_id),)
        case _:
            assert_never(command)


def _about_supply(menu: Menu, command: SellOut | BringBack) -> tuple[MenuEvent, ...]:
    match command:
        case SellOut(item_id=item_id, at=at, until=until):
            item = _item(menu, item_id)
            if until is not None and until <= at:
                raise ValidationFailed("until must be in the future.", field="until")
            if not item.available(at) and item.sold_out_until == until:
                return ()
            return (ItemSoldOut(item_id=item_id, until=until),)
        case BringBack(item_id=item_id):
            return (ItemBack(item_id=item_id),) if _item(menu, item_id).sold_out else ()
        case _:
            assert_never(command)


def _about_group(menu: Menu, command: AddOptionGroup | ChangeOptionGroup | RemoveOptionGroup) -> tuple[MenuEvent, ...]:
    match command:
        case AddOptionGroup(group_id=group_id):
            group = OptionGroup(**asdict(command))
            require_none(limits.of_group(group, menu.groups))
            _require_room(menu.groups, group_id, GROUPS_MAX, "option groups")
            return (OptionGroupAdded(**asdict(command)),)
        case ChangeOptionGroup(group_id=group_id):
            present = _group(menu, group_id)
            changes = differing(command, present)
            require_none(limits.of_group(replace(present, **changes), menu.groups))
            return (OptionGroupChanged(group_id=group_id, **changes),) if changes else ()
        case RemoveOptionGroup(group_id=group_id):
            _group(menu, group_id)
            return (OptionGroupRemoved(group_id=group_id),)
        case _:
            assert_never(command)


def _category(menu: Menu, category_id: UUID) -> Category:
    category = menu.categories.get(category_id)
    if category is None:
        raise CategoryNotFound("The menu has no such category.")
    return category


def _item(menu: Menu, item_id: UUID) -> Item:
    item = menu.items.get(item_id)
    if item is None:
        raise MenuItemNotFound("The menu has no such item.")
    return item


def _group(menu: Menu, group_id: UUID) -> OptionGroup:
    group = menu.groups.get(group_id)
    if group is None:
        raise OptionGroupNotFound("The menu has no such option group.")
    return group


def _require_known(menu: Menu, item: Item) -> None:
    _category(menu, item.category_id)
    for group_id in item.option_group_ids:
        _group(menu, group_id)


def _require_room(things: Mapping[UUID, T], key: UUID, things_max: int, what: str) -> None:
    if key in things:
        raise IdTaken("Something else on the menu goes by that id.")
    if len(things) >= things_max:
        raise MenuIsFull(f"A menu has at most {things_max} {what}.")


MENU = Decider(name="menu", initial=Menu(), decide=decide, evolve=evolve, events=get_args(MenuEvent))
