"""Every order that a venue ever had, newest first, as its staff look through them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection

from application.ports import Recorded
from domain.bill.state import PaymentStatus
from domain.order.state import Status
from projections.order_row import OrderRow, bill_of, followed
from projections.projection import Cursor, Projection
from projections.rows import Table, decoded, fold

LIMIT_MAX: Final = 100

SCHEMA: Final = """
create table orders (
    venue_id uuid not null,
    id uuid not null, -- the order's bill's
    placed_at timestamptz not null,
    business_day date not null,
    status text not null,
    payment_status text not null,
    table_name text not null,
    document bytea not null, -- JSON of an OrderRow
    primary key (venue_id, id)
) with (fillfactor = 80);

create index orders_by_time on orders (venue_id, placed_at desc, id desc);
create index orders_by_status on orders (venue_id, status, placed_at desc, id desc);
create index orders_by_day on orders (venue_id, business_day, placed_at desc, id desc);
"""

ORDERS: Final = """
select b.position, o.placed_at, o.id, o.document
from order_list_bookmark b
left join lateral (
    select placed_at, id, document from order_list_orders
    where venue_id = b.venue_id {conditions}
    order by placed_at desc, id desc limit %(limit)s
) o on true
where b.venue_id = %(venue_id)s
order by o.placed_at desc, o.id desc
"""

CONDITIONS: Final = {
    "status": "and status = %(status)s",
    "payment_status": "and payment_status = %(payment_status)s",
    "table": "and table_name = %(table)s",
    "day_from": "and business_day >= %(day_from)s",
    "day_to": "and business_day <= %(day_to)s",
    "placed_from": "and placed_at >= %(placed_from)s",
    "placed_before": "and placed_at < %(placed_before)s",
}

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CursorIsBroken(ValueError):
    """It was not one of ours, or not all of it came back."""


class OrderFilter(Struct, frozen=True, kw_only=True):
    """Which orders: all that is given has to hold. `table` is its name as it was then; days are business days."""

    status: Status | None = None
    payment_status: PaymentStatus | None = None
    table: str | None = None
    day_from: date | None = None
    day_to: date | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None


class OrderPage(Struct, frozen=True, kw_only=True):
    """Some orders as of a position of the venue's ledger, and where the next ones begin, if there are more."""

    position: int
    orders: list[OrderRow]
    next_cursor: str | None


ANY_ORDER: Final = OrderFilter()


async def orders(
    connection: AsyncConnection[Any],
    venue_id: UUID,
    wanted: OrderFilter = ANY_ORDER,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> OrderPage:
    """The next `limit` orders (1 … 100) beyond a cursor. Raises CursorIsBroken."""
    limit = max(1, min(limit, LIMIT_MAX))
    given = {name: value for name in CONDITIONS if (value := getattr(wanted, name)) is not None}
    conditions = [CONDITIONS[name] for name in given]
    parameters = {"venue_id": venue_id, "limit": limit + 1, **given}
    if cursor is not None:
        conditions.append("and (placed_at, id) < (%(last_at)s, %(last_id)s)")
        parameters["last_at"], parameters["last_id"] = _place(cursor)
    found = await connection.cursor(binary=True).execute(
        ORDERS.format(conditions=" ".join(conditions)).encode(), parameters
    )
    rows = await found.fetchall()
    position = rows[0][0] if rows else 0
    rows = [row for row in rows if row[1] is not None]
    return OrderPage(
        position=position,
        orders=[decoded(OrderRow, document) for *_, document in rows[:limit]],
        next_cursor=_cursor(*rows[limit - 1][1:3]) if len(rows) > limit else None,
    )


async def apply(cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded]) -> None:
    """Take the list through a run of events."""
    await fold(cursor, venue_id, batch, ORDER_TABLE)


def _cursor(placed_at: datetime, bill_id: UUID) -> str:
    """A place in the list as text: microseconds since 1970 in eight bytes, then the row's id."""
    micros = (placed_at - EPOCH) // timedelta(microseconds=1)
    return urlsafe_b64encode(micros.to_bytes(8, signed=True) + bill_id.bytes).decode()


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii"))
        place = EPOCH + timedelta(microseconds=int.from_bytes(raw[:8], signed=True)), UUID(bytes=raw[8:])
    except (ValueError, OverflowError) as error:
        raise CursorIsBroken("The cursor is not one that a list gave out.") from error
    if _cursor(*place) != cursor:
        raise CursorIsBroken("The cursor is not written as a list writes it.")
    return place


ORDER_TABLE: Final = Table(
    name="orders",
    row=OrderRow,
    columns=("placed_at", "business_day", "status", "payment_status", "table_name"),
    key_of=bill_of,
    evolve=followed,
)
ORDER_LIST: Final = Projection(name="order_list", version=1, tables=("orders",), schema=SCHEMA, apply=apply)
