"""What a guest may choose from the menu at a moment, and what it costs then."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.cart.events import ChosenOption, RepricedLine
from domain.cart.state import CartLine
from domain.menu.errors import ItemUnavailable, MenuItemNotFound, OptionsInvalid
from domain.menu.state import Item, Menu, OptionGroup


class Choice(Struct, frozen=True, kw_only=True):
    """A dish as chosen. `unit_price_minor` has the options' prices in it; options are in the menu's order."""

    item_id: UUID
    category_id: UUID
    name: str
    unit_price_minor: int
    options: tuple[ChosenOption, ...] = ()


def choose(menu: Menu, item_id: UUID, option_ids: tuple[UUID, ...], at: datetime) -> Choice:
    """The dish with these options, at the menu's price.

    Raises MenuItemNotFound, ItemUnavailable where it is sold out at that moment, and OptionsInvalid where an option is
    unknown or named twice, or a group has too few or too many of them.
    """
    item = menu.items.get(item_id)
    if item is None:
        raise MenuItemNotFound("The menu has no such item.")
    if not item.available(at):
        raise ItemUnavailable(f"{item.name} is sold out.", item_id=str(item_id), name=item.name)
    options = _chosen(item, _groups_of(menu, item), option_ids)
    return Choice(
        item_id=item_id,
        category_id=item.category_id,
        name=item.name,
        unit_price_minor=item.price_minor + sum(option.price_minor for option in options),
        options=options,
    )


def reprice(menu: Menu, lines: Iterable[CartLine], at: datetime) -> tuple[RepricedLine, ...]:
    """Those of a cart's lines that the menu now prices otherwise: another price, option price or category.

    A dish or an option that has only another name keeps the one by which it was chosen.
    Raises ItemUnavailable, naming the dish, where a line cannot be had like that any more.
    """
    news = ((line, _as_of_now(menu, line, at)) for line in lines)
    return tuple(
        RepricedLine(
            line_id=line.line_id,
            category_id=choice.category_id,
            unit_price_minor=choice.unit_price_minor,
            options=choice.options,
        )
        for line, choice in news
        if _terms(line) != _terms(choice)
    )


def _as_of_now(menu: Menu, line: CartLine, at: datetime) -> Choice:
    try:
        return choose(menu, line.item_id, tuple(option.option_id for option in line.options), at)
    except MenuItemNotFound as gone:
        raise _unavailable(line, f"{line.name} is no longer on the menu.") from gone
    except OptionsInvalid as changed:
        raise _unavailable(line, f"{line.name} can no longer be had with these options.") from changed


def _unavailable(line: CartLine, message: str) -> ItemUnavailable:
    return ItemUnavailable(message, item_id=str(line.item_id), name=line.name)


def _terms(line: CartLine | Choice) -> tuple[UUID, int, dict[UUID, int]]:
    """All of a line that money depends on."""
    return line.category_id, line.unit_price_minor, {option.option_id: option.price_minor for option in line.options}


def _groups_of(menu: Menu, item: Item) -> tuple[OptionGroup, ...]:
    return tuple(menu.groups[group_id] for group_id in item.option_group_ids if group_id in menu.groups)


def _chosen(item: Item, groups: tuple[OptionGroup, ...], option_ids: tuple[UUID, ...]) -> tuple[ChosenOption, ...]:
    wanted = set(option_ids)
    if len(wanted) < len(option_ids):
        raise OptionsInvalid("options must not name an option twice.")
    if wanted - {option.option_id for group in groups for option in group.options}:
        raise OptionsInvalid(f"options must be options of {item.name}.")
    for group in groups:
        count = sum(option.option_id in wanted for option in group.options)
        if not group.choices_min <= count <= group.choices_max:
            raise OptionsInvalid(
                f"options must have {group.choices_min} to {group.choices_max} of {group.name}, not {count}.",
                group_id=str(group.group_id),
            )
    return tuple(
        ChosenOption(option_id=option.option_id, name=option.name, price_minor=option.price_minor)
        for group in groups
        for option in group.options
        if option.option_id in wanted
    )
