"""What the kitchen sees: every order still to be cooked or handed over, oldest first."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection

from application.ports import Recorded
from domain.order.events import OrderCancelled, OrderCompleted
from projections.order_row import OrderRow, bill_of, followed
from projections.projection import Cursor, Projection
from projections.rows import Table, decoded, fold

SCHEMA: Final = """
create table tickets (
    venue_id uuid not null,
    id uuid not null, -- the order's bill's
    status text not null,
    placed_at timestamptz not null,
    document bytea not null, -- JSON of an OrderRow
    primary key (venue_id, id)
) with (fillfactor = 70);

-- A pending order waits in the table, for its confirmation, and is no ticket yet.
create index open_tickets on tickets (venue_id, placed_at, id) where status <> 'pending';
"""

OPEN_TICKETS: Final = """
select b.position, t.document
from kitchen_board_bookmark b
left join lateral (
    select document, placed_at, id from kitchen_board_tickets
    where venue_id = b.venue_id and status <> 'pending'
) t on true
where b.venue_id = %s
order by t.placed_at, t.id
"""


class Board(Struct, frozen=True, kw_only=True):
    """The open tickets as of a position of the venue's ledger."""

    position: int
    tickets: list[OrderRow]


async def open_tickets(connection: AsyncConnection[Any], venue_id: UUID) -> Board:
    """Every order that is confirmed, being prepared or ready, oldest first. Not paged: a kitchen holds only so many."""
    cursor = await connection.cursor(binary=True).execute(OPEN_TICKETS, (venue_id,))
    rows = await cursor.fetchall()
    return Board(
        position=rows[0][0] if rows else 0,
        tickets=[decoded(OrderRow, document) for _, document in rows if document is not None],
    )


async def apply(cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded]) -> None:
    """Take the tickets through a run of events."""
    await fold(cursor, venue_id, batch, TICKETS)


def ticket(row: OrderRow | None, recorded: Recorded) -> OrderRow | None:
    """The ticket after one more event; none once the order has left the kitchen's hands."""
    if isinstance(recorded.event, OrderCompleted | OrderCancelled):
        return None
    return followed(row, recorded)


TICKETS: Final = Table(name="tickets", row=OrderRow, columns=("status", "placed_at"), key_of=bill_of, evolve=ticket)
KITCHEN_BOARD: Final = Projection(name="kitchen_board", version=1, tables=("tickets",), schema=SCHEMA, apply=apply)
