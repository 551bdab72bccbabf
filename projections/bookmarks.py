"""How far the read models have come: waiting until one has seen a position, and telling which are stuck or late."""

import asyncio
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier
from psycopg_pool import AsyncConnectionPool

C = TypeVar("C", bound=AsyncConnection[Any])

PAUSE_MIN_S: Final = 0.004
PAUSE_MAX_S: Final = 0.050

PARKED: Final = """
select venue_id, name, parked_position, parked_at, parked_reason from bookmarks
where parked_at is not null order by parked_at limit %s
"""

LAGGING: Final = """
select h.venue_id, n.name, coalesce(b.position, 0), h.position
from heads h cross join unnest(%s::text[]) as n (name)
left join bookmarks b on b.venue_id = h.venue_id and b.name = n.name
where b.parked_at is null and h.position - coalesce(b.position, 0) >= %s
order by h.position - coalesce(b.position, 0) desc, h.venue_id, n.name limit %s
"""

RESUME: Final = """
update bookmarks set parked_position = null, parked_at = null, parked_reason = null
where venue_id = %s and name = %s and parked_at is not null
"""


class Parked(Struct, frozen=True, kw_only=True):
    """A venue's read model that an event broke. `name` has its version; `reason` has no data of the event in it."""

    venue_id: UUID
    name: str
    position: int
    at: datetime
    reason: str


class Lagging(Struct, frozen=True, kw_only=True):
    """A venue's read model that is some way behind its ledger."""

    venue_id: UUID
    name: str
    position: int
    head: int


async def wait_until(
    pool: AsyncConnectionPool[C],
    name: str,
    venue_id: UUID,
    position: int,
    *,
    timeout_s: float = 1.0,
) -> int:
    """Wait until the live read model of that name has seen a position; return how far it has come.

    That may be less than was asked for: after `timeout_s`, or at once where the read model is parked. No connection
    is held between two looks, so that those who wait cannot starve those who don't.
    """
    deadline = asyncio.get_running_loop().time() + timeout_s
    pause_s = PAUSE_MIN_S
    while True:
        async with pool.connection() as connection:
            seen, parked = await _seen(connection, name, venue_id)
        left_s = deadline - asyncio.get_running_loop().time()
        if seen >= position or parked or left_s <= 0:
            return seen
        await asyncio.sleep(min(pause_s, left_s))
        pause_s = min(pause_s * 1.5, PAUSE_MAX_S)


async def parked(connection: AsyncConnection[Any], *, limit: int = 100) -> list[Parked]:
    """Everything that stands still because of an event, the longest first."""
    rows = await (await connection.cursor(binary=True).execute(PARKED, (limit,))).fetchall()
    return [
        Parked(venue_id=venue_id, name=name, position=position, at=at, reason=reason)
        for venue_id, name, position, at, reason in rows
    ]


async def lagging(
    connection: AsyncConnection[Any], names: list[str], *, events_min: int = 1000, limit: int = 100
) -> list[Lagging]:
    """Of the bookmarks by these names (`Projection.home`), those at least so many events behind, the worst first."""
    rows = await (await connection.cursor(binary=True).execute(LAGGING, (names, events_min, limit))).fetchall()
    return [
        Lagging(venue_id=venue_id, name=name, position=position, head=head) for venue_id, name, position, head in rows
    ]


async def resume(connection: AsyncConnection[Any], name: str, venue_id: UUID) -> bool:
    """Let a parked read model (by its bookmark's name, with the version) try again; False where it was not parked."""
    return (await connection.execute(RESUME, (venue_id, name))).rowcount > 0


async def _seen(connection: AsyncConnection[Any], name: str, venue_id: UUID) -> tuple[int, bool]:
    query = SQL("select position, parked from {} where venue_id = %s").format(Identifier(f"{name}_bookmark"))
    row = await (await connection.cursor(binary=True).execute(query, (venue_id,))).fetchone()
    return (row[0], row[1]) if row else (0, False)
