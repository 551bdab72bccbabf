"""A guest chooses a dish; later the menu may have changed."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.cart.events import ChosenOption, RepricedLine
from domain.cart.state import CartLine
from domain.menu.choice import Choice, choose, reprice
from domain.menu.decider import MENU
from domain.menu.errors import ItemUnavailable, MenuItemNotFound, OptionsInvalid
from domain.menu.events import (
    ItemChanged,
    ItemRemoved,
    ItemRepriced,
    ItemSoldOut,
    MenuEvent,
    Option,
    OptionGroupChanged,
    OptionGroupRemoved,
)
from domain.menu.state import Menu
from tests.unit.given import given
from tests.unit.menu.pieces import (
    CHILI,
    DIPS,
    FRITTERS,
    GARLIC,
    GROUPER,
    LARGE,
    LIME,
    MAINS,
    MENU_SO_FAR,
    NOON,
    SIZE,
    SIZE_OPTIONS,
    SMALL,
    STARTERS,
)

LARGE_CHOSEN = ChosenOption(option_id=LARGE, name="Large", price_minor=300)
LIME_CHOSEN = ChosenOption(option_id=LIME, name="Lime", price_minor=50)
CHILI_CHOSEN = ChosenOption(option_id=CHILI, name="Chili", price_minor=60)
LINE = CartLine(
    line_id=UUID(int=41),
    item_id=FRITTERS,
    category_id=STARTERS,
    name="Conch Fritters",
    quantity=2,
    unit_price_minor=1649,
    options=(LARGE_CHOSEN, LIME_CHOSEN),
)
SMALLER = Option(option_id=SMALL, name="Small")


def menu_after(*events: MenuEvent) -> Menu:
    return given(MENU, *MENU_SO_FAR, *events).state


def test_a_dish_without_choices_is_chosen_as_it_is() -> None:
    assert choose(menu_after(), GROUPER, (), NOON) == Choice(
        item_id=GROUPER, category_id=MAINS, name="Grilled Grouper", unit_price_minor=2499
    )


def test_chosen_options_are_paid_for_and_stand_in_the_menus_order() -> None:
    choice = choose(menu_after(), FRITTERS, (CHILI, LIME, LARGE), NOON)
    assert choice.options == (LARGE_CHOSEN, LIME_CHOSEN, CHILI_CHOSEN)
    assert choice.unit_price_minor == 1299 + 300 + 50 + 60


def test_a_dish_that_is_not_on_the_menu_is_not_found() -> None:
    with pytest.raises(MenuItemNotFound) as refusal:
        choose(menu_after(), UUID(int=99), (), NOON)
    assert refusal.value.code == "MENU_ITEM_NOT_FOUND"


def test_a_dish_that_is_sold_out_cannot_be_chosen() -> None:
    with pytest.raises(ItemUnavailable, match="Grilled Grouper") as refusal:
        choose(menu_after(ItemSoldOut(item_id=GROUPER)), GROUPER, (), NOON)
    assert refusal.value.code == "ITEM_UNAVAILABLE"


def test_a_dish_sold_out_until_now_can_be_chosen() -> None:
    menu = menu_after(ItemSoldOut(item_id=GROUPER, until=NOON))
    assert choose(menu, GROUPER, (), NOON).item_id == GROUPER
    with pytest.raises(ItemUnavailable):
        choose(menu, GROUPER, (), NOON - timedelta(seconds=1))


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="none, though one is needed"),
        pytest.param((SMALL, LARGE), id="two, though one is allowed"),
        pytest.param((SMALL, LIME, CHILI, GARLIC), id="three dips, though two are allowed"),
        pytest.param((SMALL, SMALL), id="the same one twice"),
        pytest.param((SMALL, UUID(int=99)), id="one that nobody knows"),
    ],
)
def test_options_that_break_the_menus_rules_are_refused(options: tuple[UUID, ...]) -> None:
    with pytest.raises(OptionsInvalid) as refusal:
        choose(menu_after(), FRITTERS, options, NOON)
    assert refusal.value.code == "OPTIONS_INVALID"


def test_another_dishs_options_are_refused() -> None:
    with pytest.raises(OptionsInvalid):
        choose(menu_after(), GROUPER, (LARGE,), NOON)


@pytest.mark.parametrize("options", [(SMALL,), (SMALL, LIME), (SMALL, LIME, GARLIC)])
def test_from_none_to_as_many_as_allowed_can_be_chosen(options: tuple[UUID, ...]) -> None:
    assert {option.option_id for option in choose(menu_after(), FRITTERS, options, NOON).options} == set(options)


def test_a_cart_that_costs_the_same_is_not_repriced() -> None:
    assert reprice(menu_after(), (LINE,), NOON) == ()


def test_a_line_follows_its_dishs_price() -> None:
    menu = menu_after(ItemRepriced(item_id=FRITTERS, price_minor=1399))
    assert reprice(menu, (LINE,), NOON) == (
        RepricedLine(
            line_id=LINE.line_id,
            category_id=STARTERS,
            unit_price_minor=1749,
            options=(LARGE_CHOSEN, LIME_CHOSEN),
        ),
    )


def test_a_line_follows_its_options_price_even_where_the_sum_is_the_same() -> None:
    menu = menu_after(
        ItemRepriced(item_id=FRITTERS, price_minor=1199),
        OptionGroupChanged(group_id=SIZE, options=(SMALLER, Option(option_id=LARGE, name="Large", price_minor=400))),
    )
    (news,) = reprice(menu, (LINE,), NOON)
    assert news.unit_price_minor == LINE.unit_price_minor
    assert news.options == (replace(LARGE_CHOSEN, price_minor=400), LIME_CHOSEN)


def test_a_line_follows_its_dish_to_another_category_for_the_taxes_sake() -> None:
    (news,) = reprice(menu_after(ItemChanged(item_id=FRITTERS, category_id=MAINS)), (LINE,), NOON)
    assert (news.category_id, news.unit_price_minor) == (MAINS, LINE.unit_price_minor)


def test_another_name_is_no_other_price() -> None:
    menu = menu_after(
        ItemChanged(item_id=FRITTERS, name="Fritters"),
        OptionGroupChanged(group_id=SIZE, options=(SMALLER, Option(option_id=LARGE, name="Huge", price_minor=300))),
    )
    assert reprice(menu, (LINE,), NOON) == ()


def test_only_the_lines_that_changed_are_named() -> None:
    grouper = replace(LINE, line_id=UUID(int=42), item_id=GROUPER, category_id=MAINS, unit_price_minor=2499, options=())
    news = reprice(menu_after(ItemRepriced(item_id=GROUPER, price_minor=2599)), (LINE, grouper), NOON)
    assert [line.line_id for line in news] == [grouper.line_id]


@pytest.mark.parametrize(
    ("event", "at"),
    [
        pytest.param(ItemSoldOut(item_id=FRITTERS), NOON, id="sold out"),
        pytest.param(ItemSoldOut(item_id=FRITTERS, until=NOON), NOON - timedelta(hours=1), id="sold out until noon"),
        pytest.param(ItemRemoved(item_id=FRITTERS), NOON, id="off the menu"),
        pytest.param(OptionGroupRemoved(group_id=DIPS), NOON, id="a chosen option's group is gone"),
        pytest.param(OptionGroupChanged(group_id=SIZE, options=SIZE_OPTIONS[:1]), NOON, id="a chosen option is gone"),
        pytest.param(OptionGroupChanged(group_id=DIPS, choices_min=2), NOON, id="more choices are needed"),
    ],
)
def test_a_line_that_cannot_be_had_any_more_names_its_dish(event: MenuEvent, at: datetime) -> None:
    with pytest.raises(ItemUnavailable, match="Conch Fritters") as refusal:
        reprice(menu_after(event), (LINE,), at)
    assert refusal.value.details == {"item_id": str(FRITTERS), "name": "Conch Fritters"}
