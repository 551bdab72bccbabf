"""A menu as its manager writes it, and as the kitchen says what is 86'd."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, delete, patch, post
from msgspec import UNSET, Meta, UnsetType

from api.answers import told
from api.bodies import AmountMinor, Key, Notes, Nothing, Shape, Words, body_of, id_in_path, in_utc
from api.callers import StaffRequest
from api.describing import says
from api.front import Front, FrontOf, InPath
from api.keys import key_of
from api.sentences import NOT_BLANK
from application.requests import EditMenu
from application.views.menu import CategoryView, ItemView, OptionGroupView, RemovedView
from domain.menu import commands as menus
from domain.menu.events import Option
from domain.menu.limits import IMAGE_URL_LENGTH_MAX
from domain.shared.money import AMOUNT_MAX

MANY: Final = 200
RANK_MAX: Final = 1_000_000

Rank = Annotated[int, Meta(ge=-RANK_MAX, le=RANK_MAX)]
Count = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Ids = Annotated[tuple[UUID, ...], Meta(max_length=MANY)]
ImageUrl = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=IMAGE_URL_LENGTH_MAX,
        pattern=NOT_BLANK,
        description="An https address, or a path of this site that begins with a slash.",
    ),
]
WordList = Annotated[tuple[Words, ...], Meta(max_length=MANY)]


class CategoryWanted(Shape, frozen=True):
    """A heading."""

    name: Words
    rank: Rank = 0
    idempotency_key: Key | None = None


class CategoryChanged(Shape, frozen=True):
    """What should be different about a heading."""

    name: Words | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET
    idempotency_key: Key | None = None


class ItemWanted(Shape, frozen=True):
    """A dish."""

    category_id: UUID
    name: Words
    price: AmountMinor
    description: Notes = ""
    option_group_ids: Ids = ()
    allergens: WordList = ()
    dietary: WordList = ()
    image_url: ImageUrl | None = None
    rank: Rank = 0
    idempotency_key: Key | None = None


class ItemChanged(Shape, frozen=True):
    """What should be different about a dish; it keeps its id."""

    category_id: UUID | UnsetType = UNSET
    name: Words | UnsetType = UNSET
    price: AmountMinor | UnsetType = UNSET
    description: Notes | UnsetType = UNSET
    option_group_ids: Ids | UnsetType = UNSET
    allergens: WordList | UnsetType = UNSET
    dietary: WordList | UnsetType = UNSET
    image_url: ImageUrl | UnsetType | None = UNSET
    rank: Rank | UnsetType = UNSET
    idempotency_key: Key | None = None


class SoldOut(Shape, frozen=True):
    """Until that moment, or until it is back."""

    until: Annotated[datetime, Meta(tz=True)] | None = None
    idempotency_key: Key | None = None


class Back(Shape, frozen=True):
    """Nothing has to be said."""

    idempotency_key: Key | None = None


class OptionWanted(Shape, frozen=True):
    """A choice; one that is there already is named by its id, and keeps it."""

    name: Words
    price: AmountMinor = 0
    id: UUID | None = None


class GroupWanted(Shape, frozen=True):
    """A set of choices: at least `min` of them, at most `max`, which is no more than there are."""

    name: Words
    min: Count
    max: Count
    options: Annotated[tuple[OptionWanted, ...], Meta(max_length=MANY)]
    idempotency_key: Key | None = None


class GroupChanged(Shape, frozen=True):
    """What should be different about a set of choices."""

    name: Words | UnsetType = UNSET
    min: Count | UnsetType = UNSET
    max: Count | UnsetType = UNSET
    options: Annotated[tuple[OptionWanted, ...], Meta(max_length=MANY)] | UnsetType = UNSET
    idempotency_key: Key | None = None


BASE: Final = "/admin/venues/{slug:str}/menu"
CATEGORY: Final = BASE + "/categories/{category_id:str}"
ITEM: Final = BASE + "/items/{item_id:str}"
GROUP: Final = BASE + "/option-groups/{group_id:str}"


@post(f"{BASE}/categories", opt=says(body=CategoryWanted, answers=CategoryView, status=201))
async def add_category(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Add a heading."""
    wanted = await body_of(request, CategoryWanted)
    change = menus.AddCategory(category_id=front.house.ids(), name=wanted.name, rank=wanted.rank)
    return await _edit(front, request, change, wanted)


@patch(CATEGORY, opt=says(body=CategoryChanged, answers=CategoryView, refusals=("CATEGORY_NOT_FOUND",)))
async def change_category(request: StaffRequest, category_id: InPath, front: FrontOf) -> Response[bytes]:
    """Rename or move a heading."""
    wanted = await body_of(request, CategoryChanged)
    change = menus.ChangeCategory(category_id=_category(category_id), name=wanted.name, rank=wanted.rank)
    return await _edit(front, request, change, wanted)


@delete(CATEGORY, status_code=200, opt=says(answers=RemovedView, refusals=("CATEGORY_NOT_FOUND", "CATEGORY_NOT_EMPTY")))
async def remove_category(request: StaffRequest, category_id: InPath, front: FrontOf) -> Response[bytes]:
    """Remove a heading that has no dishes."""
    nothing = await body_of(request, Nothing)
    return await _edit(front, request, menus.RemoveCategory(category_id=_category(category_id)), nothing)


@post(
    f"{BASE}/items",
    opt=says(
        body=ItemWanted,
        answers=ItemView,
        status=201,
        refusals=("CATEGORY_NOT_FOUND", "OPTION_GROUP_NOT_FOUND"),
    ),
)
async def add_item(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Add a dish."""
    wanted = await body_of(request, ItemWanted)
    change = menus.AddItem(
        item_id=front.house.ids(),
        category_id=wanted.category_id,
        name=wanted.name,
        price_minor=wanted.price,
        description=wanted.description,
        option_group_ids=wanted.option_group_ids,
        allergens=wanted.allergens,
        dietary=wanted.dietary,
        image_url=wanted.image_url,
        rank=wanted.rank,
    )
    return await _edit(front, request, change, wanted)


@patch(
    ITEM,
    opt=says(
        body=ItemChanged,
        answers=ItemView,
        refusals=("MENU_ITEM_NOT_FOUND", "CATEGORY_NOT_FOUND", "OPTION_GROUP_NOT_FOUND"),
    ),
)
async def change_item(request: StaffRequest, item_id: InPath, front: FrontOf) -> Response[bytes]:
    """Describe or price a dish differently."""
    wanted = await body_of(request, ItemChanged)
    change = menus.ChangeItem(
        item_id=_item(item_id),
        category_id=wanted.category_id,
        name=wanted.name,
        price_minor=wanted.price,
        description=wanted.description,
        option_group_ids=wanted.option_group_ids,
        allergens=wanted.allergens,
        dietary=wanted.dietary,
        image_url=wanted.image_url,
        rank=wanted.rank,
    )
    return await _edit(front, request, change, wanted)


@delete(ITEM, status_code=200, opt=says(answers=RemovedView, refusals=("MENU_ITEM_NOT_FOUND",)))
async def remove_item(request: StaffRequest, item_id: InPath, front: FrontOf) -> Response[bytes]:
    """Take a dish off the menu."""
    nothing = await body_of(request, Nothing)
    return await _edit(front, request, menus.RemoveItem(item_id=_item(item_id)), nothing)


@post(f"{ITEM}/sold-out", status_code=200, opt=says(body=SoldOut, answers=ItemView, refusals=("MENU_ITEM_NOT_FOUND",)))
async def sell_out(request: StaffRequest, item_id: InPath, front: FrontOf) -> Response[bytes]:
    """86 a dish, for good or until a moment."""
    wanted = await body_of(request, SoldOut)
    until = None if wanted.until is None else in_utc("until", wanted.until)
    change = menus.SellOut(item_id=_item(item_id), at=front.house.clock(), until=until)
    return await _edit(front, request, change, wanted)


@post(f"{ITEM}/back", status_code=200, opt=says(body=Back, answers=ItemView, refusals=("MENU_ITEM_NOT_FOUND",)))
async def bring_back(request: StaffRequest, item_id: InPath, front: FrontOf) -> Response[bytes]:
    """The dish can be had again."""
    wanted = await body_of(request, Back)
    return await _edit(front, request, menus.BringBack(item_id=_item(item_id)), wanted)


@post(f"{BASE}/option-groups", opt=says(body=GroupWanted, answers=OptionGroupView, status=201))
async def add_group(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Add a set of choices."""
    wanted = await body_of(request, GroupWanted)
    change = menus.AddOptionGroup(
        group_id=front.house.ids(),
        name=wanted.name,
        choices_min=wanted.min,
        choices_max=wanted.max,
        options=_options(front, wanted.options),
    )
    return await _edit(front, request, change, wanted)


@patch(GROUP, opt=says(body=GroupChanged, answers=OptionGroupView, refusals=("OPTION_GROUP_NOT_FOUND",)))
async def change_group(request: StaffRequest, group_id: InPath, front: FrontOf) -> Response[bytes]:
    """Change a set of choices."""
    wanted = await body_of(request, GroupChanged)
    change = menus.ChangeOptionGroup(
        group_id=_group(group_id),
        name=wanted.name,
        choices_min=wanted.min,
        choices_max=wanted.max,
        options=wanted.options if isinstance(wanted.options, UnsetType) else _options(front, wanted.options),
    )
    return await _edit(front, request, change, wanted)


@delete(GROUP, status_code=200, opt=says(answers=RemovedView, refusals=("OPTION_GROUP_NOT_FOUND",)))
async def remove_group(request: StaffRequest, group_id: InPath, front: FrontOf) -> Response[bytes]:
    """Remove a set of choices, from every dish that asks for it."""
    nothing = await body_of(request, Nothing)
    return await _edit(front, request, menus.RemoveOptionGroup(group_id=_group(group_id)), nothing)


async def _edit(front: Front, request: StaffRequest, change: menus.MenuCommand, body: Shape) -> Response[Any]:
    return await told(front, request, EditMenu(change=change), key=key_of(request, body))


def _options(front: Front, options: tuple[OptionWanted, ...]) -> tuple[Option, ...]:
    return tuple(
        Option(option_id=option.id or front.house.ids(), name=option.name, price_minor=option.price)
        for option in options
    )


def _category(text: str) -> UUID:
    return id_in_path(text, "CATEGORY_NOT_FOUND", "The menu has no such category.")


def _item(text: str) -> UUID:
    return id_in_path(text, "MENU_ITEM_NOT_FOUND", "The menu has no such dish.")


def _group(text: str) -> UUID:
    return id_in_path(text, "OPTION_GROUP_NOT_FOUND", "The menu has no such option group.")


ROUTES: Final = (
    add_category,
    change_category,
    remove_category,
    add_item,
    change_item,
    remove_item,
    sell_out,
    bring_back,
    add_group,
    change_group,
    remove_group,
)
