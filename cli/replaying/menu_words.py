"""What happened to menus and carts, in sentences."""

from collections.abc import Iterable
from typing import assert_never
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import fields

from cli.replaying.shown import Shown, plain, printable
from domain.cart import events as carts
from domain.cart.events import ChosenOption
from domain.cart.state import Cart
from domain.menu import events as menus
from domain.menu.state import Menu


def cart_sentence(event: carts.CartEvent, cart: Cart, shown: Shown) -> str:
    names = {line.line_id: printable(line.name) for line in cart.lines}
    match event:
        case carts.LineAddedToCart():
            what = dishes(event.quantity, event.name, event.options)
            return f"{what} at {shown.money(event.unit_price_minor)} went into the cart{shown.words(event.notes)}"
        case carts.LineQuantityChanged(line_id=line_id, quantity=quantity):
            return f"{quantity} × {names.get(line_id, 'a dish')} it is now"
        case carts.LineRemovedFromCart(line_id=line_id):
            return f"{names.get(line_id, 'a dish')} was taken out of the cart"
        case carts.CartCleared():
            return "everything was taken out of the cart"
        case carts.CartRepriced(lines=lines):
            told = (f"{names.get(line.line_id, 'a dish')} {shown.money(line.unit_price_minor)}" for line in lines)
            return f"the menu changed under the cart: {', '.join(told)}"
        case carts.CartCheckedOut():
            return "the cart became an order"
        case _:
            assert_never(event)


def menu_sentence(event: menus.MenuEvent, menu: Menu, shown: Shown) -> str:
    match event:
        case (
            menus.CategoryAdded()
            | menus.CategoryChanged()
            | menus.CategoryRemoved()
            | menus.OptionGroupAdded()
            | menus.OptionGroupChanged()
            | menus.OptionGroupRemoved()
        ):
            return _around_the_dishes(event, menu, shown)
        case menus.ItemAdded(name=name, price_minor=price_minor):
            return f"{printable(name)} is on the menu at {shown.money(price_minor)}"
        case menus.ItemChanged(item_id=item_id):
            return f"{_dish(menu, item_id)} is described differently: {_changed(event)}"
        case menus.ItemRepriced(item_id=item_id, price_minor=price_minor):
            item = menu.items.get(item_id)
            before = f", not {shown.money(item.price_minor)} any more" if item else ""
            return f"{_dish(menu, item_id)} costs {shown.money(price_minor)}{before}"
        case menus.ItemRemoved(item_id=item_id):
            return f"{_dish(menu, item_id)} is off the menu"
        case menus.ItemSoldOut(item_id=item_id, until=until):
            return f"{_dish(menu, item_id)} is sold out {f'until {shown.moment(until)}' if until else 'for now'}"
        case menus.ItemBack(item_id=item_id):
            return f"{_dish(menu, item_id)} is back"
        case _:
            assert_never(event)


def _around_the_dishes(
    event: menus.CategoryAdded
    | menus.CategoryChanged
    | menus.CategoryRemoved
    | menus.OptionGroupAdded
    | menus.OptionGroupChanged
    | menus.OptionGroupRemoved,
    menu: Menu,
    shown: Shown,
) -> str:
    match event:
        case menus.CategoryAdded(name=name):
            return f"the menu has a heading {printable(name)}"
        case menus.CategoryChanged(category_id=category_id):
            return f"the heading {_heading(menu, category_id)} changed: {_changed(event)}"
        case menus.CategoryRemoved(category_id=category_id):
            return f"the heading {_heading(menu, category_id)} is gone"
        case menus.OptionGroupAdded(name=name, options=options):
            return f"{printable(name)} can be chosen: {_choices(options, shown)}"
        case menus.OptionGroupChanged(group_id=group_id, options=options):
            choices = "" if options is UNSET else f"; {_choices(options, shown)}"
            return f"the choices of {_group(menu, group_id)} changed: {_changed(event, but='options')}{choices}"
        case menus.OptionGroupRemoved(group_id=group_id):
            return f"the choices of {_group(menu, group_id)} are gone"
        case _:
            assert_never(event)


def dishes(quantity: int, name: str, options: Iterable[ChosenOption]) -> str:
    """2 × Conch Fritters (Goat pepper, Rum)."""
    chosen = ", ".join(printable(option.name) for option in options)
    return f"{quantity} × {printable(name)}{f' ({chosen})' if chosen else ''}"


def _changed(event: menus.ItemChanged | menus.CategoryChanged | menus.OptionGroupChanged, *, but: str = "") -> str:
    """What is said anew, without the id, field by field."""
    news = [(field.name, getattr(event, field.name)) for field in fields(event)[1:] if field.name != but]
    return "; ".join(
        f"{name.replace('_', ' ')} {plain(value) or '(empty)'}" for name, value in news if value is not UNSET
    )


def _choices(options: Iterable[menus.Option], shown: Shown) -> str:
    return ", ".join(
        f"{printable(option.name)}{f' (+{shown.money(option.price_minor)})' if option.price_minor else ''}"
        for option in options
    )


def _dish(menu: Menu, item_id: UUID) -> str:
    item = menu.items.get(item_id)
    return printable(item.name) if item else "a dish"


def _heading(menu: Menu, category_id: UUID) -> str:
    category = menu.categories.get(category_id)
    return printable(category.name) if category else "of somewhere"


def _group(menu: Menu, group_id: UUID) -> str:
    group = menu.groups.get(group_id)
    return printable(group.name) if group else "something"
