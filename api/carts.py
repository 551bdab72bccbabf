"""A guest's cart: always as the ledger has it, never stale."""

from typing import Annotated, Final
from uuid import UUID

from litestar import Response, delete, get, patch, post
from msgspec import Meta

from api.answers import shown, told
from api.bodies import Key, Notes, Nothing, Quantity, Shape, body_of, id_in_path
from api.callers import GuestRequest
from api.describing import says
from api.front import Front, FrontOf, InPath
from api.keys import key_of
from application.reads import own_cart
from application.requests import AddToCart, AnyWish, ChangeLine, ClearCart, RemoveLine
from application.views.cart import CartView

OPTIONS_MAX: Final = 100


class DishWanted(Shape, frozen=True):
    """A dish for the cart. Each call adds a line of its own."""

    menu_item_id: UUID
    quantity: Quantity
    options: Annotated[tuple[UUID, ...], Meta(max_length=OPTIONS_MAX)] = ()
    notes: Notes | None = None
    idempotency_key: Key | None = None


class QuantityWanted(Shape, frozen=True):
    """More or fewer of a line."""

    quantity: Quantity
    idempotency_key: Key | None = None


@get("/cart", opt=says(answers=CartView))
async def cart(request: GuestRequest, front: FrontOf) -> Response[bytes]:
    """What the guest means to order, priced by today's rules."""
    return shown(await own_cart(front.house, request.user.venue_id, request.user.guest))


@post(
    "/cart/items",
    opt=says(
        body=DishWanted,
        answers=CartView,
        status=201,
        refusals=(
            "MENU_ITEM_NOT_FOUND",
            "ITEM_UNAVAILABLE",
            "OPTIONS_INVALID",
            "QUANTITY_EXCEEDS_LIMIT",
            "CART_LIMIT_EXCEEDED",
            "CARD_NUMBER_REFUSED",
        ),
    ),
)
async def add_dish(request: GuestRequest, front: FrontOf) -> Response[bytes]:
    """Put a dish into the cart, as a line of its own."""
    wanted = await body_of(request, DishWanted)
    wish = AddToCart(
        guest=request.user.guest,
        item_id=wanted.menu_item_id,
        quantity=wanted.quantity,
        option_ids=wanted.options,
        notes=wanted.notes,
    )
    return await told(front, request, wish, key=key_of(request, wanted))


@patch(
    "/cart/items/{line_id:str}",
    opt=says(body=QuantityWanted, answers=CartView, refusals=("CART_LINE_NOT_FOUND", "QUANTITY_EXCEEDS_LIMIT")),
)
async def change_line(request: GuestRequest, line_id: InPath, front: FrontOf) -> Response[bytes]:
    """Want more or fewer of a line."""
    wanted = await body_of(request, QuantityWanted)
    wish = ChangeLine(guest=request.user.guest, line_id=_line(line_id), quantity=wanted.quantity)
    return await told(front, request, wish, key=key_of(request, wanted))


@delete("/cart/items/{line_id:str}", status_code=200, opt=says(answers=CartView, refusals=("CART_LINE_NOT_FOUND",)))
async def remove_line(request: GuestRequest, line_id: InPath, front: FrontOf) -> Response[bytes]:
    """Take a line out."""
    return await _without_body(front, request, RemoveLine(guest=request.user.guest, line_id=_line(line_id)))


@delete("/cart", status_code=200, opt=says(answers=CartView))
async def clear_cart(request: GuestRequest, front: FrontOf) -> Response[bytes]:
    """Take everything out."""
    return await _without_body(front, request, ClearCart(guest=request.user.guest))


async def _without_body(front: Front, request: GuestRequest, wish: AnyWish) -> Response[bytes]:
    await body_of(request, Nothing)
    return await told(front, request, wish, key=key_of(request))


def _line(line_id: str) -> UUID:
    return id_in_path(line_id, "CART_LINE_NOT_FOUND", "The cart has no such line.")


ROUTES: Final = (cart, add_dish, change_line, remove_line, clear_cart)
