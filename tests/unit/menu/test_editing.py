"""A manager writes the menu: headings, dishes and sets of choices."""

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.menu.commands import (
    AddCategory,
    AddItem,
    AddOptionGroup,
    ChangeCategory,
    ChangeItem,
    ChangeOptionGroup,
    MenuCommand,
    RemoveCategory,
    RemoveItem,
    RemoveOptionGroup,
)
from domain.menu.decider import CATEGORIES_MAX, MENU
from domain.menu.errors import CategoryNotEmpty, CategoryNotFound, MenuIsFull, MenuItemNotFound, OptionGroupNotFound
from domain.menu.events import (
    CategoryAdded,
    CategoryChanged,
    CategoryRemoved,
    ItemBack,
    ItemChanged,
    ItemRemoved,
    ItemRepriced,
    ItemSoldOut,
    Option,
    OptionGroupChanged,
    OptionGroupRemoved,
)
from domain.menu.state import Category, Item, OptionGroup
from domain.shared.refusals import IdTaken, Refusal, ValidationFailed
from tests.unit.given import given
from tests.unit.menu.pieces import (
    DIP_OPTIONS,
    DIPS,
    FRITTERS,
    GROUPER,
    GROUPER_ADDED,
    LARGE,
    MAINS,
    MAINS_ADDED,
    MENU_SO_FAR,
    SIZE,
    SIZE_ADDED,
    SIZE_OPTIONS,
    STARTERS,
    STARTERS_ADDED,
)

UNKNOWN = UUID(int=99)


def options_galore(count: int) -> tuple[Option, ...]:
    return tuple(Option(option_id=UUID(int=number), name="Dip") for number in range(1_000, 1_000 + count))


ADD_STARTERS = AddCategory(category_id=STARTERS, name="Starters")
ADD_GROUPER = AddItem(item_id=GROUPER, category_id=MAINS, name="Grilled Grouper", price_minor=2499)
ADD_SIZE = AddOptionGroup(group_id=SIZE, name="Size", choices_min=1, choices_max=1, options=SIZE_OPTIONS)


def test_a_heading_is_added() -> None:
    menu = given(MENU).when(ADD_STARTERS).then(STARTERS_ADDED)
    assert menu.categories == {STARTERS: Category(category_id=STARTERS, name="Starters")}


def test_a_heading_is_renamed_and_keeps_its_place() -> None:
    menu = (
        given(MENU, MAINS_ADDED)
        .when(ChangeCategory(category_id=MAINS, name="Main dishes", rank=1))
        .then(CategoryChanged(category_id=MAINS, name="Main dishes"))
    )
    assert menu.categories[MAINS] == Category(category_id=MAINS, name="Main dishes", rank=1)


def test_a_heading_with_dishes_stays() -> None:
    refusal = given(MENU, *MENU_SO_FAR).when(RemoveCategory(category_id=MAINS)).refused(CategoryNotEmpty)
    assert refusal.code == "CATEGORY_NOT_EMPTY"


def test_a_heading_without_dishes_goes() -> None:
    emptied = given(MENU, *MENU_SO_FAR, ItemRemoved(item_id=GROUPER))
    menu = emptied.when(RemoveCategory(category_id=MAINS)).then(CategoryRemoved(category_id=MAINS))
    assert list(menu.categories) == [STARTERS]


def test_a_dish_is_added_under_its_heading() -> None:
    menu = given(MENU, MAINS_ADDED).when(ADD_GROUPER).then(GROUPER_ADDED)
    assert menu.items == {GROUPER: Item(item_id=GROUPER, category_id=MAINS, name="Grilled Grouper", price_minor=2499)}


def test_a_dish_needs_a_heading_that_is_there() -> None:
    given(MENU).when(ADD_GROUPER).refused(CategoryNotFound)
    given(MENU, *MENU_SO_FAR).when(ChangeItem(item_id=GROUPER, category_id=UNKNOWN)).refused(CategoryNotFound)


def test_a_dish_asks_only_for_choices_that_are_there() -> None:
    given(MENU, MAINS_ADDED).when(replace(ADD_GROUPER, option_group_ids=(SIZE,))).refused(OptionGroupNotFound)
    given(MENU, *MENU_SO_FAR).when(ChangeItem(item_id=GROUPER, option_group_ids=(UNKNOWN,))).refused(
        OptionGroupNotFound
    )


def test_a_repriced_dish_keeps_its_id_and_everything_else() -> None:
    menu = (
        given(MENU, MAINS_ADDED, GROUPER_ADDED)
        .when(ChangeItem(item_id=GROUPER, price_minor=2599))
        .then(ItemRepriced(item_id=GROUPER, price_minor=2599))
    )
    assert menu.items[GROUPER] == Item(item_id=GROUPER, category_id=MAINS, name="Grilled Grouper", price_minor=2599)


def test_a_dish_can_become_free() -> None:
    given(MENU, *MENU_SO_FAR).when(ChangeItem(item_id=GROUPER, price_minor=0)).then(
        ItemRepriced(item_id=GROUPER, price_minor=0)
    )


def test_a_dish_described_and_repriced_at_once_says_both() -> None:
    given(MENU, *MENU_SO_FAR).when(
        ChangeItem(item_id=GROUPER, name="Grouper", price_minor=2599, category_id=STARTERS, description="")
    ).then(
        ItemChanged(item_id=GROUPER, name="Grouper", category_id=STARTERS),
        ItemRepriced(item_id=GROUPER, price_minor=2599),
    )


def test_a_picture_comes_and_goes() -> None:
    came = ItemChanged(item_id=GROUPER, image_url="/grouper.webp")
    given(MENU, *MENU_SO_FAR).when(ChangeItem(item_id=GROUPER, image_url="/grouper.webp")).then(came)
    given(MENU, *MENU_SO_FAR, came).when(ChangeItem(item_id=GROUPER, image_url=None)).then(
        ItemChanged(item_id=GROUPER, image_url=None)
    )


def test_a_change_that_changes_nothing_is_none() -> None:
    for command in (
        ChangeCategory(category_id=MAINS, name="Mains"),
        ChangeItem(item_id=GROUPER, price_minor=2499, name="Grilled Grouper"),
        ChangeOptionGroup(group_id=SIZE, choices_max=1, options=SIZE_OPTIONS),
    ):
        given(MENU, *MENU_SO_FAR).when(command).then()


def test_a_removed_dish_is_off_the_menu() -> None:
    menu = given(MENU, *MENU_SO_FAR).when(RemoveItem(item_id=GROUPER)).then(ItemRemoved(item_id=GROUPER))
    assert list(menu.items) == [FRITTERS]


def test_a_set_of_choices_is_added() -> None:
    menu = given(MENU).when(ADD_SIZE).then(SIZE_ADDED)
    assert menu.groups[SIZE] == OptionGroup(
        group_id=SIZE, name="Size", choices_min=1, choices_max=1, options=SIZE_OPTIONS
    )


def test_a_set_of_choices_is_changed() -> None:
    menu = (
        given(MENU, *MENU_SO_FAR)
        .when(ChangeOptionGroup(group_id=DIPS, choices_max=3, name="Dips"))
        .then(OptionGroupChanged(group_id=DIPS, choices_max=3))
    )
    assert menu.groups[DIPS].choices_max == 3


def test_a_removed_set_of_choices_is_asked_for_by_no_dish_any_more() -> None:
    menu = given(MENU, *MENU_SO_FAR).when(RemoveOptionGroup(group_id=SIZE)).then(OptionGroupRemoved(group_id=SIZE))
    assert list(menu.groups) == [DIPS]
    assert menu.items[FRITTERS].option_group_ids == (DIPS,)


def test_a_set_of_choices_must_be_possible_to_satisfy() -> None:
    given(MENU).when(replace(ADD_SIZE, choices_min=2, choices_max=2)).then(
        replace(SIZE_ADDED, choices_min=2, choices_max=2)
    )
    for least, most in ((2, 1), (3, 3), (0, 0)):
        given(MENU).when(replace(ADD_SIZE, choices_min=least, choices_max=most)).refused(ValidationFailed)
        given(MENU, SIZE_ADDED).when(ChangeOptionGroup(group_id=SIZE, choices_min=least, choices_max=most)).refused(
            ValidationFailed
        )


def test_options_cannot_be_taken_away_below_what_a_guest_must_choose() -> None:
    given(MENU, SIZE_ADDED).when(ChangeOptionGroup(group_id=SIZE, options=())).refused(ValidationFailed)


def test_an_option_stands_once_and_in_one_set_only() -> None:
    twice = (*SIZE_OPTIONS, Option(option_id=LARGE, name="Huge"))
    given(MENU).when(replace(ADD_SIZE, options=twice)).refused(ValidationFailed)
    given(MENU, *MENU_SO_FAR).when(ChangeOptionGroup(group_id=SIZE, options=DIP_OPTIONS)).refused(ValidationFailed)


def test_two_things_never_share_an_id() -> None:
    for command in (ADD_STARTERS, ADD_GROUPER, ADD_SIZE):
        given(MENU, *MENU_SO_FAR).when(command).refused(IdTaken)


@pytest.mark.parametrize(
    ("command", "reason", "code"),
    [
        (ChangeCategory(category_id=UNKNOWN, name="X"), CategoryNotFound, "CATEGORY_NOT_FOUND"),
        (RemoveCategory(category_id=UNKNOWN), CategoryNotFound, "CATEGORY_NOT_FOUND"),
        (ChangeItem(item_id=UNKNOWN, name="X"), MenuItemNotFound, "MENU_ITEM_NOT_FOUND"),
        (RemoveItem(item_id=UNKNOWN), MenuItemNotFound, "MENU_ITEM_NOT_FOUND"),
        (ChangeOptionGroup(group_id=UNKNOWN, name="X"), OptionGroupNotFound, "OPTION_GROUP_NOT_FOUND"),
        (RemoveOptionGroup(group_id=UNKNOWN), OptionGroupNotFound, "OPTION_GROUP_NOT_FOUND"),
    ],
)
def test_what_is_not_on_the_menu_is_not_found(command: MenuCommand, reason: type[Refusal], code: str) -> None:
    assert given(MENU, *MENU_SO_FAR).when(command).refused(reason).code == code


BEYOND: list[tuple[str, MenuCommand]] = [
    ("name", replace(ADD_STARTERS, category_id=UNKNOWN, name=" ")),
    ("rank", ChangeCategory(category_id=MAINS, rank=10**9 + 1)),
    ("name", ChangeItem(item_id=GROUPER, name="")),
    ("price", ChangeItem(item_id=GROUPER, price_minor=-1)),
    ("price", replace(ADD_GROUPER, item_id=UNKNOWN, price_minor=10**9 + 1)),
    ("rank", ChangeItem(item_id=GROUPER, rank=-(10**9) - 1)),
    ("description", ChangeItem(item_id=GROUPER, description="x" * 10_001)),
    ("option_group_ids", ChangeItem(item_id=GROUPER, option_group_ids=(SIZE, SIZE))),
    ("option_group_ids", ChangeItem(item_id=GROUPER, option_group_ids=tuple(UUID(int=n) for n in range(21)))),
    ("allergens[1]", ChangeItem(item_id=GROUPER, allergens=("fish", ""))),
    ("dietary", ChangeItem(item_id=GROUPER, dietary=("vegan",) * 51)),
    ("image_url", ChangeItem(item_id=GROUPER, image_url="")),
    ("options", ChangeOptionGroup(group_id=DIPS, options=())),
    ("max", ChangeOptionGroup(group_id=DIPS, choices_max=4)),
    ("max", ChangeOptionGroup(group_id=DIPS, options=options_galore(1))),
    ("name", ChangeOptionGroup(group_id=SIZE, name="")),
    ("options", ChangeOptionGroup(group_id=SIZE, options=options_galore(101))),
    ("options[0].name", ChangeOptionGroup(group_id=SIZE, options=(Option(option_id=UNKNOWN, name=""),))),
    (
        "options[0].price",
        ChangeOptionGroup(group_id=SIZE, options=(Option(option_id=UNKNOWN, name="XL", price_minor=-1),)),
    ),
    ("min", ChangeOptionGroup(group_id=SIZE, choices_min=-1)),
    ("max", ChangeOptionGroup(group_id=SIZE, choices_max=101)),
]


@pytest.mark.parametrize(("field", "command"), BEYOND, ids=lambda value: type(value).__name__)
def test_what_can_never_be_right_is_named_as_on_the_wire(field: str, command: MenuCommand) -> None:
    refusal = given(MENU, *MENU_SO_FAR).when(command).refused(ValidationFailed)
    assert refusal.details["field"] == field
    assert field in refusal.message


@pytest.mark.parametrize(
    "image_url",
    [
        "javascript:alert(86)",
        "data:image/svg+xml,<svg/>",
        "http://example.com/a.png",
        "//example.com/a.png",
        "/\\example.com/a.png",
        "https://",
        "https:///a.png",
        "https://who@example.com/a.png",
        "https://example.com\\@evil.example",
        "a.png",
        "/a b.png",
        "/a\tb.png",
        "/a.png\n",
        "/a\x7f.png",
    ],
)
def test_a_picture_that_is_no_https_address_and_no_path_of_this_site_is_refused(image_url: str) -> None:
    refusal = given(MENU, *MENU_SO_FAR).when(ChangeItem(item_id=GROUPER, image_url=image_url)).refused(ValidationFailed)
    assert refusal.details["field"] == "image_url"


@pytest.mark.parametrize(
    "image_url", ["/", "/a/b.png?v=2#x", "https://example.com", "https://bücher.example:8443/ä.png"]
)
def test_a_picture_may_lie_on_this_site_or_behind_https(image_url: str) -> None:
    came = ItemChanged(item_id=GROUPER, image_url=image_url)
    given(MENU, *MENU_SO_FAR).when(ChangeItem(item_id=GROUPER, image_url=image_url)).then(came)


def test_a_long_story_and_a_hundred_options_are_just_allowed() -> None:
    story = "x" * 10_000
    given(MENU, *MENU_SO_FAR).when(ChangeItem(item_id=GROUPER, description=story)).then(
        ItemChanged(item_id=GROUPER, description=story)
    )
    given(MENU, *MENU_SO_FAR).when(ChangeOptionGroup(group_id=SIZE, options=options_galore(100))).then(
        OptionGroupChanged(group_id=SIZE, options=options_galore(100))
    )


def test_a_menu_has_an_end() -> None:
    crowd = [CategoryAdded(category_id=UUID(int=n), name="More") for n in range(100, 100 + CATEGORIES_MAX)]
    assert given(MENU, *crowd).when(ADD_STARTERS).refused(MenuIsFull).code == "MENU_LIMIT_EXCEEDED"
    given(MENU, *crowd[1:]).when(ADD_STARTERS).then(STARTERS_ADDED)


def test_news_of_what_is_not_on_the_menu_changes_nothing() -> None:
    strange: tuple[Any, ...] = (
        CategoryChanged(category_id=UNKNOWN, name="X"),
        CategoryRemoved(category_id=UNKNOWN),
        ItemChanged(item_id=UNKNOWN, name="X"),
        ItemRepriced(item_id=UNKNOWN, price_minor=1),
        ItemRemoved(item_id=UNKNOWN),
        ItemSoldOut(item_id=UNKNOWN),
        ItemBack(item_id=UNKNOWN),
        OptionGroupChanged(group_id=UNKNOWN, name="X"),
        OptionGroupRemoved(group_id=UNKNOWN),
    )
    assert given(MENU, *MENU_SO_FAR, *strange).state == given(MENU, *MENU_SO_FAR).state


def test_a_menu_that_was_read_before_is_not_changed_behind_the_readers_back() -> None:
    before = given(MENU, *MENU_SO_FAR)
    names = [item.name for item in before.state.items.values()]
    before.when(ChangeItem(item_id=GROUPER, name="Grouper")).then(ItemChanged(item_id=GROUPER, name="Grouper"))
    assert [item.name for item in before.state.items.values()] == names
    assert given(MENU).state.items == {}
