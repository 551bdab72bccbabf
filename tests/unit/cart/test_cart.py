"""A guest fills a cart, thinks again, and orders."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.cart.commands import AddLine, ChangeQuantity, CheckOut, ClearCart, RemoveLine, RepriceCart
from domain.cart.decider import CART
from domain.cart.errors import CartChanged, CartIsEmpty, CartIsFull, CartLineNotFound, QuantityExceedsLimit
from domain.cart.events import (
    CartCheckedOut,
    CartCleared,
    CartRepriced,
    ChosenOption,
    LineAddedToCart,
    LineQuantityChanged,
    LineRemovedFromCart,
    RepricedLine,
)
from domain.cart.state import Cart, CartLine
from domain.shared.refusals import IdTaken, ValidationFailed
from domain.shared.sealed import Sealed
from tests.unit.given import given

FRITTERS, GROUPER = UUID(int=1), UUID(int=2)
ORDER = UUID(int=9)
LARGE = ChosenOption(option_id=UUID(int=7), name="Large", price_minor=300)
NO_ONIONS = Sealed(subject=UUID(int=5), box=b"sealed")

ADD_FRITTERS = AddLine(
    line_id=FRITTERS,
    item_id=UUID(int=21),
    category_id=UUID(int=31),
    name="Conch Fritters",
    quantity=2,
    unit_price_minor=1599,
    options=(LARGE,),
    notes=NO_ONIONS,
    lines_max=50,
    quantity_max=99,
)
FRITTERS_ADDED = LineAddedToCart(
    line_id=FRITTERS,
    item_id=UUID(int=21),
    category_id=UUID(int=31),
    name="Conch Fritters",
    quantity=2,
    unit_price_minor=1599,
    options=(LARGE,),
    notes=NO_ONIONS,
)
FRITTERS_LINE = CartLine(
    line_id=FRITTERS,
    item_id=UUID(int=21),
    category_id=UUID(int=31),
    name="Conch Fritters",
    quantity=2,
    unit_price_minor=1599,
    options=(LARGE,),
    notes=NO_ONIONS,
)
GROUPER_ADDED = replace(
    FRITTERS_ADDED, line_id=GROUPER, name="Grilled Grouper", unit_price_minor=2499, options=(), notes=None
)
NEWS = RepricedLine(line_id=FRITTERS, category_id=UUID(int=31), unit_price_minor=1699, options=(LARGE,))


def test_a_dish_goes_into_the_cart_as_it_was_chosen() -> None:
    cart = given(CART).when(ADD_FRITTERS).then(FRITTERS_ADDED)
    assert cart == Cart(lines=(FRITTERS_LINE,))


def test_the_same_dish_again_is_a_line_of_its_own() -> None:
    again = UUID(int=3)
    cart = (
        given(CART, FRITTERS_ADDED)
        .when(replace(ADD_FRITTERS, line_id=again))
        .then(replace(FRITTERS_ADDED, line_id=again))
    )
    assert [line.line_id for line in cart.lines] == [FRITTERS, again]


def test_a_line_takes_from_one_to_as_many_as_the_venue_allows_and_no_more() -> None:
    for quantity in (1, 99):
        given(CART).when(replace(ADD_FRITTERS, quantity=quantity)).then(replace(FRITTERS_ADDED, quantity=quantity))
    refusal = given(CART).when(replace(ADD_FRITTERS, quantity=100)).refused(QuantityExceedsLimit)
    assert refusal.code == "QUANTITY_EXCEEDS_LIMIT"
    assert "quantity" in refusal.message


@pytest.mark.parametrize("quantity", [0, -1, 10**9 + 1])
def test_a_quantity_that_can_never_be_right_is_named(quantity: int) -> None:
    refusal = given(CART).when(replace(ADD_FRITTERS, quantity=quantity)).refused(ValidationFailed)
    assert refusal.details["field"] == "quantity"


def test_a_full_cart_takes_no_other_line() -> None:
    refusal = given(CART, FRITTERS_ADDED).when(replace(ADD_FRITTERS, line_id=GROUPER, lines_max=1)).refused(CartIsFull)
    assert refusal.code == "CART_LIMIT_EXCEEDED"


def test_the_last_line_that_fits_is_taken() -> None:
    given(CART, FRITTERS_ADDED).when(replace(ADD_FRITTERS, line_id=GROUPER, lines_max=2)).then(
        replace(FRITTERS_ADDED, line_id=GROUPER)
    )


def test_too_many_of_a_dish_is_said_before_a_full_cart() -> None:
    given(CART, FRITTERS_ADDED).when(replace(ADD_FRITTERS, quantity=100, lines_max=1)).refused(QuantityExceedsLimit)


def test_two_lines_never_share_an_id() -> None:
    given(CART, FRITTERS_ADDED).when(ADD_FRITTERS).refused(IdTaken)


def test_a_guest_wants_more_of_a_line_and_only_of_that_line() -> None:
    cart = (
        given(CART, FRITTERS_ADDED, GROUPER_ADDED)
        .when(ChangeQuantity(line_id=FRITTERS, quantity=5, quantity_max=99))
        .then(LineQuantityChanged(line_id=FRITTERS, quantity=5))
    )
    assert [line.quantity for line in cart.lines] == [5, 2]


def test_wanting_as_many_as_before_changes_nothing() -> None:
    given(CART, FRITTERS_ADDED).when(ChangeQuantity(line_id=FRITTERS, quantity=2, quantity_max=99)).then()


def test_a_changed_quantity_keeps_to_the_limit() -> None:
    given(CART, FRITTERS_ADDED).when(ChangeQuantity(line_id=FRITTERS, quantity=100, quantity_max=99)).refused(
        QuantityExceedsLimit
    )


def test_a_line_that_is_not_there_is_said_before_its_quantity() -> None:
    refusal = (
        given(CART, FRITTERS_ADDED)
        .when(ChangeQuantity(line_id=GROUPER, quantity=100, quantity_max=99))
        .refused(CartLineNotFound)
    )
    assert refusal.code == "CART_LINE_NOT_FOUND"


def test_a_limit_lowered_since_does_not_stop_a_guest_from_wanting_what_is_there() -> None:
    many = replace(FRITTERS_ADDED, quantity=80)
    given(CART, many).when(RemoveLine(line_id=FRITTERS)).then(LineRemovedFromCart(line_id=FRITTERS))
    given(CART, many).when(CheckOut(order_id=ORDER, version=1)).then(CartCheckedOut(order_id=ORDER))


def test_a_line_is_taken_out_and_the_others_stay() -> None:
    cart = (
        given(CART, FRITTERS_ADDED, GROUPER_ADDED)
        .when(RemoveLine(line_id=FRITTERS))
        .then(LineRemovedFromCart(line_id=FRITTERS))
    )
    assert [line.line_id for line in cart.lines] == [GROUPER]


def test_a_line_cannot_be_taken_out_twice() -> None:
    given(CART, FRITTERS_ADDED, LineRemovedFromCart(line_id=FRITTERS)).when(RemoveLine(line_id=FRITTERS)).refused(
        CartLineNotFound
    )


def test_a_cart_is_emptied_once() -> None:
    assert given(CART, FRITTERS_ADDED).when(ClearCart()).then(CartCleared()) == Cart()
    given(CART, FRITTERS_ADDED, CartCleared()).when(ClearCart()).then()


def test_a_cart_follows_the_menu() -> None:
    cart = given(CART, FRITTERS_ADDED, GROUPER_ADDED).when(RepriceCart(lines=(NEWS,))).then(CartRepriced(lines=(NEWS,)))
    assert [line.unit_price_minor for line in cart.lines] == [1699, 2499]


def test_repricing_leaves_out_what_costs_the_same_or_is_gone() -> None:
    same = replace(NEWS, unit_price_minor=1599)
    gone = replace(NEWS, line_id=GROUPER)
    given(CART, FRITTERS_ADDED).when(RepriceCart(lines=(same, gone))).then()


def test_a_line_in_another_category_is_repriced_at_the_same_price() -> None:
    moved = replace(NEWS, unit_price_minor=1599, category_id=UUID(int=32))
    cart = given(CART, FRITTERS_ADDED).when(RepriceCart(lines=(moved,))).then(CartRepriced(lines=(moved,)))
    assert cart.lines == (replace(FRITTERS_LINE, category_id=UUID(int=32)),)


def test_checking_out_empties_the_cart_into_an_order() -> None:
    cart = given(CART, FRITTERS_ADDED).when(CheckOut(order_id=ORDER, version=1)).then(CartCheckedOut(order_id=ORDER))
    assert cart == Cart(order_ids=(ORDER,))


def test_an_empty_cart_cannot_be_ordered() -> None:
    refusal = given(CART).when(CheckOut(order_id=ORDER, version=0)).refused(CartIsEmpty)
    assert refusal.code == "CART_EMPTY"


def test_a_guest_orders_only_the_cart_that_was_shown() -> None:
    given(CART, FRITTERS_ADDED).when(CheckOut(order_id=ORDER, version=1, cart_version=1)).then(
        CartCheckedOut(order_id=ORDER)
    )
    refusal = (
        given(CART, FRITTERS_ADDED, GROUPER_ADDED)
        .when(CheckOut(order_id=ORDER, version=2, cart_version=1))
        .refused(CartChanged)
    )
    assert (refusal.code, refusal.details) == ("CART_CHANGED", {"cart_version": 2})


def test_of_many_who_place_one_cart_the_late_ones_hear_that_it_is_empty() -> None:
    given(CART, FRITTERS_ADDED, CartCheckedOut(order_id=ORDER)).when(
        CheckOut(order_id=UUID(int=10), version=2, cart_version=1)
    ).refused(CartIsEmpty)


def test_a_checked_out_cart_can_be_filled_again() -> None:
    cart = given(CART, FRITTERS_ADDED, CartCheckedOut(order_id=ORDER)).when(ADD_FRITTERS).then(FRITTERS_ADDED)
    assert cart == Cart(lines=(FRITTERS_LINE,), order_ids=(ORDER,))


def test_news_of_a_line_that_is_not_there_changes_nothing() -> None:
    strange = (
        LineQuantityChanged(line_id=GROUPER, quantity=3),
        LineRemovedFromCart(line_id=GROUPER),
        CartRepriced(lines=(replace(NEWS, line_id=GROUPER),)),
    )
    assert given(CART, FRITTERS_ADDED, *strange).state == given(CART, FRITTERS_ADDED).state
