"""A venue's orders as its staff work on them: moves, lines, cash and refunds."""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from api.access import MOVES
from api.answers import data_response, shown, told
from api.bodies import AnyAmount, Key, Reason, Shape, body_of, id_in_path, wrong_field
from api.callers import StaffRequest, require
from api.describing import says
from api.front import Front, FrontOf, InPath
from api.keys import key_of, required_key_of
from api.orders import order_in_path
from api.queries import Limit, Moment, Position, Query, Text, moment, query_of
from api.rows import ListedOrder, listed, texts_of
from application.reads import any_order, tables
from application.requests import MoveLine, MoveOrder, Recall, RefundOrder, TakeCash
from application.views.bill import PaymentView, RefundView
from application.views.order import OrderView
from domain.bill.state import PaymentStatus
from domain.order.state import LineStatus, Status
from projections.bookmarks import wait_until
from projections.order_list import CursorIsBroken, OrderFilter, orders

LINES_MAX: Final = 500
OrderStatus = Literal["pending", "confirmed", "preparing", "ready", "completed", "cancelled"]


class OrdersWanted(Query, frozen=True, rename={"from_": "from"}):
    """Which orders; `business_day` is one day, `from` and `to` are moments of placing, `to` not included.

    `table` is a table's code as it is today, or the name that it had when the order was placed.
    """

    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    table: Text | None = None
    business_day: date | None = None
    from_: Moment | None = None
    to: Moment | None = None
    cursor: Text | None = None
    limit: Limit = 50
    after: Position = 0


class MoveWanted(Shape, frozen=True):
    """The state that the order should be in. A reason is kept where it is cancelled."""

    status: OrderStatus
    reason: Reason | None = None
    idempotency_key: Key | None = None


class LineMoveWanted(Shape, frozen=True):
    """The state that the line should be in."""

    status: LineStatus
    idempotency_key: Key | None = None


class RecallWanted(Shape, frozen=True):
    """Nothing has to be said."""

    idempotency_key: Key | None = None


class CashTaken(Shape, frozen=True):
    """Cash that was taken at the table."""

    method: Literal["cash"]
    amount: AnyAmount
    idempotency_key: Key | None = None


class RefundWanted(Shape, frozen=True):
    """An amount, or what these lines cost, or (neither) all that is left of what was paid."""

    reason: Reason
    amount: AnyAmount | None = None
    lines: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=LINES_MAX)] | None = None
    idempotency_key: Key | None = None


@get("/admin/venues/{slug:str}/orders", opt=says(query=OrdersWanted, answers=ListedOrder, listed=True))
async def order_list(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """The venue's orders, newest first."""
    wanted, venue_id = query_of(request, OrdersWanted), request.user.venue_id
    if wanted.after:
        await wait_until(front.pool, "order_list", venue_id, wanted.after, timeout_s=1.0)
    table = None if wanted.table is None else await _table_name(front, venue_id, wanted.table)
    chosen = OrderFilter(
        status=None if wanted.status is None else Status(wanted.status),
        payment_status=wanted.payment_status,
        table=table,
        day_from=wanted.business_day,
        day_to=wanted.business_day,
        placed_from=moment("from", wanted.from_),
        placed_before=moment("to", wanted.to),
    )
    async with front.pool.connection() as connection:
        try:
            page = await orders(connection, venue_id, chosen, cursor=wanted.cursor, limit=wanted.limit)
        except CursorIsBroken:
            raise wrong_field("cursor", "is not one of ours") from None
    texts = await texts_of(front, venue_id, page.orders)
    rows = [listed(row, texts) for row in page.orders]
    return data_response(rows, position=page.position, next_cursor=page.next_cursor)


@get("/admin/venues/{slug:str}/orders/{order_id:str}", opt=says(answers=OrderView, refusals=("ORDER_NOT_FOUND",)))
async def order(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Any order of the venue."""
    return shown(await any_order(front.house, request.user.venue_id, order_in_path(order_id)))


@patch(
    "/admin/venues/{slug:str}/orders/{order_id:str}/status",
    opt=says(
        body=MoveWanted,
        answers=OrderView,
        refusals=("ORDER_NOT_FOUND", "INVALID_STATUS_TRANSITION", "PAYMENT_IN_PROGRESS", "CARD_NUMBER_REFUSED"),
    ),
)
async def move(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Bring an order into another state. Cancelling one that was paid gives the money back by itself."""
    wanted = await body_of(request, MoveWanted)
    require(request.user, MOVES[wanted.status])
    wish = MoveOrder(order_id=order_in_path(order_id), status=Status(wanted.status), reason=wanted.reason)
    return await told(front, request, wish, key=key_of(request, wanted))


@patch(
    "/admin/venues/{slug:str}/orders/{order_id:str}/items/{line_id:str}/status",
    opt=says(
        body=LineMoveWanted,
        answers=OrderView,
        refusals=("ORDER_NOT_FOUND", "ORDER_LINE_NOT_FOUND", "INVALID_STATUS_TRANSITION"),
    ),
)
async def move_line(request: StaffRequest, order_id: InPath, line_id: InPath, front: FrontOf) -> Response[bytes]:
    """Bring one line into another state; the first to start takes the order with it, the last to be ready too."""
    wanted = await body_of(request, LineMoveWanted)
    wish = MoveLine(
        order_id=order_in_path(order_id),
        line_id=id_in_path(line_id, "ORDER_LINE_NOT_FOUND", "The order has no such line."),
        status=wanted.status,
    )
    return await told(front, request, wish, key=key_of(request, wanted))


@post(
    "/admin/venues/{slug:str}/orders/{order_id:str}/recall",
    status_code=200,
    opt=says(body=RecallWanted, answers=OrderView, refusals=("ORDER_NOT_FOUND", "INVALID_STATUS_TRANSITION")),
)
async def recall(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Bring a ready order back to the stove."""
    wanted = await body_of(request, RecallWanted)
    return await told(front, request, Recall(order_id=order_in_path(order_id)), key=key_of(request, wanted))


@post(
    "/admin/venues/{slug:str}/orders/{order_id:str}/payments",
    opt=says(
        body=CashTaken,
        answers=PaymentView,
        status=201,
        refusals=(
            "ORDER_NOT_FOUND",
            "ORDER_ALREADY_PAID",
            "ORDER_NOT_PAYABLE",
            "AMOUNT_INVALID",
            "PAYMENT_IN_PROGRESS",
        ),
    ),
)
async def take_cash(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Note that cash was taken."""
    wanted = await body_of(request, CashTaken)
    wish = TakeCash(order_id=order_in_path(order_id), amount_minor=wanted.amount)
    return await told(front, request, wish, key=key_of(request, wanted))


@post(
    "/admin/venues/{slug:str}/orders/{order_id:str}/refunds",
    opt=says(
        body=RefundWanted,
        answers=RefundView,
        status=201,
        keyed=True,
        refusals=(
            "ORDER_NOT_FOUND",
            "ORDER_LINE_NOT_FOUND",
            "REFUND_EXCEEDS_PAID",
            "AMOUNT_INVALID",
            "PAYMENT_GATEWAY_UNAVAILABLE",
            "CARD_NUMBER_REFUSED",
        ),
    ),
)
async def refund(request: StaffRequest, order_id: InPath, front: FrontOf) -> Response[bytes]:
    """Give money back, once per key. What the gateway would not give back is told with the status `declined`."""
    wanted = await body_of(request, RefundWanted)
    wish = RefundOrder(
        order_id=order_in_path(order_id), reason=wanted.reason, amount_minor=wanted.amount, line_ids=wanted.lines
    )
    return await told(front, request, wish, key=required_key_of(request, wanted))


async def _table_name(front: Front, venue_id: UUID, wanted: str) -> str:
    """The name of the table that goes by that code today, or, where none does, what was asked for as a name."""
    there = (await tables(front.house, venue_id)).data
    return next((table.name for table in there if table.code == wanted), wanted)


ROUTES: Final = (order_list, order, move, move_line, recall, take_cash, refund)
