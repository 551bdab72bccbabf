"""Is the house open? `live`: this process answers; `ready`: it can work, though perhaps not as well as it should."""

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec
import psycopg
from litestar import Response, get
from msgspec import Struct
from psycopg_pool import PoolTimeout

from api.answers import json_response
from api.describing import says
from api.front import FrontOf
from application.ports import LedgerUnavailable
from projections.bookmarks import lagging, parked
from projections.registry import PROJECTIONS

LOOK_TIMEOUT_S: Final = 2.0


class Live(Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "ok"


class Stuck(Struct, frozen=True, kw_only=True):
    """A read model of a venue that an event broke; it stands at that position until it is resumed."""

    venue_id: str
    projection: str
    position: int
    reason: str


class Late(Struct, frozen=True, kw_only=True):
    """A read model of a venue that is behind its ledger."""

    venue_id: str
    projection: str
    position: int
    head: int


class Ready(Struct, frozen=True, kw_only=True):
    """`ok`, or `degraded` and why; `unavailable` where there is no database, or not the one that is expected."""

    status: str
    problem: str | None = None
    parked: tuple[Stuck, ...] = ()
    lagging: tuple[Late, ...] = ()


@get("/health/live", opt=says(answers=Live))
async def live() -> Response[bytes]:
    """This process answers."""
    return _told(Live())


@get("/health/ready", opt=says(answers=Ready))
async def ready(front: FrontOf) -> Response[bytes]:
    """This process can work."""
    try:
        async with asyncio.timeout(LOOK_TIMEOUT_S):
            found = await _look(front)
    except (psycopg.Error, PoolTimeout, LedgerUnavailable, TimeoutError, OSError):
        found = Ready(status="unavailable", problem="The database does not answer.")
    closed = found.status == "unavailable"
    return _told(found, status=503 if closed else 200, headers={"Retry-After": "1"} if closed else {})


def _told(found: Live | Ready, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """As `data`, like everything; and `status` outside of it as well, for probes that look no deeper."""
    body = msgspec.json.encode({"status": found.status, "data": found})
    return json_response(body, status=status, headers=headers)


async def _look(front: FrontOf) -> Ready:
    async with front.pool.connection(timeout=LOOK_TIMEOUT_S) as connection:
        missing = await front.missing_migrations(connection)
        if missing:
            return Ready(status="unavailable", problem=f"Not migrated yet: {', '.join(missing)}.")
        stuck, late = await parked(connection), await lagging(connection, [each.home for each in PROJECTIONS])
    return Ready(
        status="degraded" if stuck or late else "ok",
        parked=tuple(
            Stuck(venue_id=str(each.venue_id), projection=each.name, position=each.position, reason=each.reason)
            for each in stuck
        ),
        lagging=tuple(
            Late(venue_id=str(each.venue_id), projection=each.name, position=each.position, head=each.head)
            for each in late
        ),
    )


ROUTES: Final = (live, ready)
