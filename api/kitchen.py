"""The kitchen's board: every ticket that is still open, oldest first, not paged."""

from typing import Final

from litestar import Response, get
from msgspec import Struct

from api.answers import data_response
from api.callers import StaffRequest
from api.describing import says
from api.front import FrontOf
from api.queries import Awaiting, query_of
from api.rows import Ticket, texts_of, ticket
from projections.bookmarks import wait_until
from projections.kitchen_board import open_tickets


class Board(Struct, frozen=True, kw_only=True):
    """Every order that is confirmed, being prepared or ready."""

    tickets: tuple[Ticket, ...]


@get("/admin/venues/{slug:str}/kitchen", opt=says(query=Awaiting, answers=Board))
async def board(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """The board as it is now."""
    awaited, venue_id = query_of(request, Awaiting), request.user.venue_id
    if awaited.after:
        await wait_until(front.pool, "kitchen_board", venue_id, awaited.after, timeout_s=1.0)
    async with front.pool.connection() as connection:
        found = await open_tickets(connection, venue_id)
    texts, at = await texts_of(front, venue_id, found.tickets), front.house.clock()
    tickets = tuple(ticket(row, texts, at) for row in found.tickets)
    return data_response(Board(tickets=tickets), position=found.position)


ROUTES: Final = (board,)
