"""A guest's own orders: placing, paying, cancelling. Another guest's order is not there at all."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta

from api.answers import data_response, shown, told
from api.bodies import AmountMinor, AnyAmount, Key, Notes, Shape, Words, body_of, id_in_path, wrong_field
from api.callers import GuestRequest
from api.describing import says
from api.front import FrontOf, InPath
from api.keys import key_of, required_key_of
from api.queries import PAGE_MAX, Awaiting, Limit, Text, query_of
from application.reads import own_order, own_orders
from application.requests import CancelOwnOrder, PayOrder, PlaceOrder
from application.views.bill import PaymentView
from application.views.order import OrderView
from domain.order.errors import OrderNotFound
from domain.shared.money import AMOUNT_MAX


class OrderWanted(Shape, frozen=True):
    """Order what is in the cart. `cart_version` is that of the cart as it was shown."""

    cart_version: Annotated[int, Meta(ge=0, le=AMOUNT_MAX)] | None = None
    tip: AmountMinor = 0
    notes: Notes | None = None
    idempotency_key: Key | None = None


class OwnOrdersWanted(Awaiting, frozen=True):
    """A page of one's own orders."""

    cursor: Text | None = None
    limit: Limit = PAGE_MAX


class CardOffered(Shape, frozen=True):
    """Pay with a card that the gateway knows by this token; all that is due, or an amount of it."""

    card_token: Words
    amount: AnyAmount | None = None
    idempotency_key: Key | None = None


class CancelWanted(Shape, frozen=True):
    """Nothing has to be said."""

    idempotency_key: Key | None = None


@post(
    "/orders",
    opt=says(
        body=OrderWanted,
        answers=OrderView,
        status=201,
        keyed=True,
        refusals=(
            "CART_EMPTY",
            "CART_CHANGED",
            "PRICE_CHANGED",
            "ITEM_UNAVAILABLE",
            "ORDER_MINIMUM_NOT_MET",
            "VENUE_CLOSED",
            "CARD_NUMBER_REFUSED",
        ),
    ),
)
async def place(request: GuestRequest, front: FrontOf) -> Response[bytes]:
    """Turn the cart into an order, once per key; the cart is empty in the same moment."""
    wanted = await body_of(request, OrderWanted)
    wish = PlaceOrder(
        guest=request.user.guest, cart_version=wanted.cart_version, tip_minor=wanted.tip, notes=wanted.notes
    )
    return await told(front, request, wish, key=required_key_of(request, wanted))


@get("/orders", opt=says(query=OwnOrdersWanted, answers=OrderView, listed=True))
async def orders(request: GuestRequest, front: FrontOf) -> Response[bytes]:
    """The orders of this session, newest first."""
    wanted, caller = query_of(request, OwnOrdersWanted), request.user
    after = None if wanted.cursor is None else _named_by(wanted.cursor)
    try:
        read = await own_orders(front.house, caller.venue_id, caller.guest, limit=wanted.limit, after=after)
    except OrderNotFound:
        raise wrong_field("cursor", "is not one of ours") from None
    page = read.data
    cursor = None if page.more_after is None else _cursor(page.more_after)
    return data_response(page.orders, position=read.position, next_cursor=cursor)


@get("/orders/{order_id:str}", opt=says(answers=OrderView, refusals=("ORDER_NOT_FOUND",)))
async def order(request: GuestRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """One order of this session."""
    return shown(await own_order(front.house, request.user.venue_id, request.user.guest, order_in_path(order_id)))


@post(
    "/orders/{order_id:str}/pay",
    status_code=200,
    opt=says(
        body=CardOffered,
        answers=PaymentView,
        keyed=True,
        refusals=(
            "ORDER_NOT_FOUND",
            "PAYMENT_DECLINED",
            "PAYMENT_GATEWAY_UNAVAILABLE",
            "PAYMENT_IN_PROGRESS",
            "ORDER_ALREADY_PAID",
            "ORDER_NOT_PAYABLE",
            "AMOUNT_INVALID",
            "CARD_NUMBER_REFUSED",
        ),
    ),
)
async def pay(request: GuestRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Charge a card, once per key. After a 503 nothing is certain: the next pay finds out before it charges."""
    offered = await body_of(request, CardOffered)
    wish = PayOrder(
        guest=request.user.guest,
        order_id=order_in_path(order_id),
        card_token=offered.card_token,
        amount_minor=offered.amount,
    )
    return await told(front, request, wish, key=required_key_of(request, offered))


@post(
    "/orders/{order_id:str}/cancel",
    status_code=200,
    opt=says(
        body=CancelWanted,
        answers=OrderView,
        refusals=("ORDER_NOT_FOUND", "ORDER_NOT_MODIFIABLE", "PAYMENT_IN_PROGRESS"),
    ),
)
async def cancel(request: GuestRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Take an order back while it is pending."""
    wanted = await body_of(request, CancelWanted)
    wish = CancelOwnOrder(guest=request.user.guest, order_id=order_in_path(order_id))
    return await told(front, request, wish, key=key_of(request, wanted))


def order_in_path(order_id: str) -> UUID:
    """The order named in the path. Raises Failure: ORDER_NOT_FOUND."""
    return id_in_path(order_id, "ORDER_NOT_FOUND", "There is no such order.")


def _cursor(order_id: UUID) -> str:
    """A place in the list as text: the last order that was shown."""
    return urlsafe_b64encode(order_id.bytes).decode().rstrip("=")


def _named_by(cursor: str) -> UUID:
    try:
        order_id = UUID(bytes=urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except ValueError:
        raise wrong_field("cursor", "is not one of ours") from None
    if _cursor(order_id) != cursor:
        raise wrong_field("cursor", "is not one of ours")
    return order_id


ROUTES: Final = (place, orders, order, pay, cancel)
