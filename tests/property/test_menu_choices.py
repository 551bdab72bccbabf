"""Whatever is on a menu and whatever a guest picks, a choice is allowed and costs what the menu says, or is refused."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.cart.state import CartLine
from domain.menu.choice import Choice, choose, reprice
from domain.menu.errors import ItemUnavailable, MenuItemNotFound, OptionsInvalid
from domain.menu.state import Item, Menu
from domain.shared.refusals import Refusal
from tests.fixtures.strategies import menus, moments, prices


def _try(menu: Menu, item_id: UUID, picked: tuple[UUID, ...], at: datetime) -> Choice | type[Refusal]:
    try:
        return choose(menu, item_id, picked, at)
    except Refusal as refusal:
        return type(refusal)


def _allowed(menu: Menu, item: Item, picked: tuple[UUID, ...]) -> bool:
    """The contract's rule by counting on fingers: every pick is on a card of the dish, no card too few or too many."""
    card_of = {
        option.option_id: group_id for group_id in item.option_group_ids for option in menu.groups[group_id].options
    }
    if not set(picked) <= card_of.keys() or max(Counter(picked).values(), default=1) > 1:
        return False
    counts = Counter(card_of[option_id] for option_id in picked)
    cards = [menu.groups[group_id] for group_id in item.option_group_ids]
    return all(card.choices_min <= counts[card.group_id] <= card.choices_max for card in cards)


def _picks(menu: Menu) -> st.SearchStrategy[tuple[UUID, ...]]:
    """Mostly options of this menu, of any dish; sometimes one that nobody knows."""
    known = [option.option_id for group in menu.groups.values() for option in group.options]
    return st.lists(st.sampled_from([*known, *known, UUID(int=1)]), max_size=5).map(tuple)


@given(data=st.data(), menu=menus(), at=moments())
def test_a_choice_costs_the_dish_and_its_options_and_is_refused_for_the_right_reason(
    data: st.DataObject, menu: Menu, at: datetime
) -> None:
    item = data.draw(st.sampled_from(list(menu.items.values())))
    picked = data.draw(_picks(menu))
    answer = _try(menu, item.item_id, picked, at)
    if item.sold_out and (item.sold_out_until is None or at < item.sold_out_until):
        assert answer is ItemUnavailable
    elif not _allowed(menu, item, picked):
        assert answer is OptionsInvalid
    else:
        surcharges = [
            option.price_minor
            for group in menu.groups.values()
            for option in group.options
            if option.option_id in picked
        ]
        assert isinstance(answer, Choice)
        assert answer.unit_price_minor == item.price_minor + sum(surcharges)
        assert sorted(option.option_id for option in answer.options) == sorted(picked)


@given(menu=menus(), stranger=st.uuids(), at=moments())
def test_what_is_not_on_the_menu_cannot_be_had(menu: Menu, stranger: UUID, at: datetime) -> None:
    assert _try(menu, stranger, (), at) is MenuItemNotFound


@given(menu=menus(), at=moments(), early_s=st.integers(0, 2))
def test_a_dish_is_back_at_the_very_moment_until_which_it_is_sold_out(menu: Menu, at: datetime, early_s: int) -> None:
    for item in menu.items.values():
        away = replace(item, sold_out=True, sold_out_until=at + timedelta(seconds=early_s))
        assert away.available(at) is (early_s == 0)


@given(data=st.data(), menu=menus(), at=moments(), price=prices(5_000))
def test_a_line_is_repriced_when_the_menu_asks_another_price_and_only_then(
    data: st.DataObject, menu: Menu, at: datetime, price: int
) -> None:
    item = data.draw(st.sampled_from(list(menu.items.values())))
    choice = _try(menu, item.item_id, data.draw(_picks(menu)), at)
    if not isinstance(choice, Choice):
        return
    line = CartLine(
        line_id=UUID(int=5),
        item_id=choice.item_id,
        category_id=choice.category_id,
        name=choice.name,
        quantity=1,
        unit_price_minor=choice.unit_price_minor,
        options=choice.options,
    )
    assert reprice(menu, [line], at) == ()
    changed = replace(menu, items={**menu.items, item.item_id: replace(item, price_minor=price)})
    news = reprice(changed, [line], at)
    assert [one.unit_price_minor - line.unit_price_minor for one in news] == (
        [price - item.price_minor] if price != item.price_minor else []
    )
