"""The kitchen 86's a dish, and brings it back."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.menu.commands import BringBack, MenuCommand, SellOut
from domain.menu.decider import MENU
from domain.menu.errors import MenuItemNotFound
from domain.menu.events import ItemBack, ItemSoldOut
from domain.shared.refusals import ValidationFailed
from tests.unit.given import given
from tests.unit.menu.pieces import GROUPER, MENU_SO_FAR, NOON

EVENING = NOON + timedelta(hours=6)
SOLD_OUT = ItemSoldOut(item_id=GROUPER)
SOLD_OUT_UNTIL_EVENING = ItemSoldOut(item_id=GROUPER, until=EVENING)


def test_a_dish_sold_out_for_good_stays_so() -> None:
    menu = given(MENU, *MENU_SO_FAR).when(SellOut(item_id=GROUPER, at=NOON)).then(SOLD_OUT)
    assert not menu.items[GROUPER].available(NOON + timedelta(days=365))


def test_a_dish_sold_out_until_a_moment_is_back_at_that_moment() -> None:
    menu = given(MENU, *MENU_SO_FAR).when(SellOut(item_id=GROUPER, at=NOON, until=EVENING)).then(SOLD_OUT_UNTIL_EVENING)
    assert not menu.items[GROUPER].available(EVENING - timedelta(seconds=1))
    assert menu.items[GROUPER].available(EVENING)


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(seconds=1)])
def test_nothing_is_sold_out_until_a_moment_that_has_passed(until: datetime) -> None:
    command = SellOut(item_id=GROUPER, at=NOON, until=until)
    assert given(MENU, *MENU_SO_FAR).when(command).refused(ValidationFailed).details["field"] == "until"


def test_selling_out_twice_is_selling_out() -> None:
    given(MENU, *MENU_SO_FAR, SOLD_OUT).when(SellOut(item_id=GROUPER, at=NOON)).then()
    given(MENU, *MENU_SO_FAR, SOLD_OUT_UNTIL_EVENING).when(SellOut(item_id=GROUPER, at=NOON, until=EVENING)).then()


def test_a_dish_sold_out_until_evening_can_be_sold_out_for_good() -> None:
    given(MENU, *MENU_SO_FAR, SOLD_OUT_UNTIL_EVENING).when(SellOut(item_id=GROUPER, at=NOON)).then(SOLD_OUT)


def test_a_dish_that_came_back_by_itself_can_be_sold_out_again() -> None:
    night = EVENING + timedelta(hours=1)
    later = night + timedelta(hours=1)
    given(MENU, *MENU_SO_FAR, SOLD_OUT_UNTIL_EVENING).when(SellOut(item_id=GROUPER, at=night, until=later)).then(
        ItemSoldOut(item_id=GROUPER, until=later)
    )


def test_a_dish_is_brought_back() -> None:
    menu = given(MENU, *MENU_SO_FAR, SOLD_OUT).when(BringBack(item_id=GROUPER)).then(ItemBack(item_id=GROUPER))
    assert menu.items[GROUPER].available(NOON)


def test_a_dish_that_is_there_cannot_be_brought_back_any_further() -> None:
    given(MENU, *MENU_SO_FAR).when(BringBack(item_id=GROUPER)).then()


@pytest.mark.parametrize("command", [SellOut(item_id=UUID(int=99), at=NOON), BringBack(item_id=UUID(int=99))])
def test_a_dish_that_is_not_on_the_menu_is_not_found(command: MenuCommand) -> None:
    given(MENU, *MENU_SO_FAR).when(command).refused(MenuItemNotFound)
