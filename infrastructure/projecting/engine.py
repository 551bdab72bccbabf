"""What moves the projections: exactly once, in order, by any number of workers, past nothing that cannot be read.

A worker claims a venue's bookmarks by locking their rows, skipping what another one holds; reads the events beyond
them; lets each projection turn them into rows; and moves the bookmarks, all in one transaction. If it dies, the locks
and the half-done work go with it, and whoever comes next begins at the same place. Nobody leads.

The quick way takes all projections of a venue through a batch together. If anything in it breaks, all of it is undone,
and each projection goes alone and event by event, so that only what is broken is parked, right before what broke it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import structlog
from psycopg import AsyncConnection, AsyncCursor, Error
from psycopg.errors import InterfaceError, InternalError, OperationalError, PipelineAborted

from application.ports import Recorded
from domain.shared.event import Event
from infrastructure.ledger.pool import Pool, cut_after, means_lost
from infrastructure.projecting import statements
from infrastructure.projecting.due import DueVenues
from infrastructure.stopping import told_to_stop
from projections.projection import Projection

Decode = Callable[[str, bytes], Event]
Row = tuple[Any, ...]

BATCH_MAX: Final = 500
VENUES_MAX: Final = 1000
PAUSE_MAX_S: Final = 5.0
BATCH_MAX_S: Final = 60.0
"""How long one batch may take: a line that went silent is cut then, and somebody else goes on."""


class LedgerHasAGap(Exception):
    """The event after a bookmark is not the next one: something was taken out of the ledger."""


class Engine:
    """Takes projections through the venues' ledgers. `decode(tag, data)` is the codec's."""

    def __init__(
        self, pool: Pool, projections: Sequence[Projection], decode: Decode, *, batch_max: int = BATCH_MAX
    ) -> None:
        self._pool = pool
        self._projections = {projection.home: projection for projection in projections}
        self._decode = decode
        self._batch_max = batch_max
        self._known: set[UUID] = set()
        self._due = DueVenues()
        self._log = structlog.get_logger("projections")

    async def run(self, *, venues_at_once: int = 4, poll_interval_s: float = 0.2) -> None:
        """Follow all venues until cancelled. What was left undone by then is done by whoever runs next."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(venues_at_once):
                tasks.create_task(self._work())
            tasks.create_task(self._poll(poll_interval_s))

    def hint(self, venue_ids: Sequence[UUID]) -> None:
        """Somebody says that something happened in these venues. Saves waiting for the next poll, and nothing else."""
        self._due.add(venue_ids)

    async def catch_up(self, venue_id: UUID | None = None) -> None:
        """Go on until there is nothing left to do, in one venue or in all. For tests and one-off rebuilds."""
        while venue_ids := [venue_id] if venue_id else await self.venues_behind():
            for each in venue_ids:
                while await self.advance(each):
                    pass
            if venue_id:
                return

    async def venues_behind(self) -> list[UUID]:
        """Venues with events that a projection has not seen and is not parked before. Locks nothing."""
        async with self._line() as connection:
            cursor = await connection.execute(statements.BEHIND, (list(self._projections), VENUES_MAX))
            return [venue_id for (venue_id,) in await cursor.fetchall()]

    async def advance(self, venue_id: UUID) -> bool:
        """Take a venue's projections one batch further. True where there may be more to do.

        Raises what the database raises when it is away or busy; an event that breaks a projection parks that.
        """
        await self._make_bookmarks(venue_id)
        try:
            return await self._advance_together(venue_id)
        except Exception as error:
            if _is_passing(error):
                raise
            self._log.warning("projections_go_alone", venue=str(venue_id), error=_summary(error))
        more = [await self._advance_alone(venue_id, projection) for projection in self._projections.values()]
        return any(more)

    async def _work(self) -> None:
        pause_s = 0.0
        while not told_to_stop():
            venue_id = await self._due.take()
            more = False
            try:
                more = await self.advance(venue_id)
                pause_s = 0.0
            except Exception as error:  # noqa: BLE001 - whatever it is, the other venues go on
                # Most likely the database is away or busy. The next poll finds the venue again.
                self._log.warning("projections_wait", venue=str(venue_id), error=_summary(error))
                pause_s = min(pause_s * 2 + 0.1, PAUSE_MAX_S)
                await asyncio.sleep(pause_s)
            finally:
                self._due.put_down(venue_id, more=more)

    async def _poll(self, interval_s: float) -> None:
        well = True
        while not told_to_stop():
            try:
                self._due.add(await self.venues_behind())
                well = True
            except Exception as error:  # noqa: BLE001 - who does not look again never finds out that it is over
                if well:
                    self._log.warning("projections_cannot_look", error=_summary(error))
                well = False
            await asyncio.sleep(interval_s)

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection for a while, and a fresh start for all of them once one is found broken."""
        async with self._pool.connection() as connection:
            try:
                with cut_after(connection, BATCH_MAX_S):
                    yield connection
            except Error as error:
                if means_lost(error):
                    await self._pool.start_afresh(connection)
                raise

    async def _make_bookmarks(self, venue_id: UUID) -> None:
        if venue_id not in self._known:
            async with self._line() as connection:
                await connection.execute(statements.MAKE_BOOKMARKS, (venue_id, list(self._projections)))
            self._known.add(venue_id)

    async def _advance_together(self, venue_id: UUID) -> bool:
        async with self._line() as connection, connection.pipeline(), connection.transaction():
            cursor = connection.cursor(binary=True)
            claims = await _claims(cursor, venue_id, list(self._projections))
            more = False
            for position, names in _by_position(claims).items():
                rows = await _events(cursor, venue_id, position, self._batch_max)
                if not rows:
                    continue
                batch = [self._recorded(row) for row in rows]
                _require_no_gap(position, rows)
                for name in names:
                    await _apply(cursor, self._projections[name], venue_id, batch)
                await cursor.execute(statements.MOVE, (rows[-1][0], venue_id, names))
                more = more or len(rows) == self._batch_max
            return more

    async def _advance_alone(self, venue_id: UUID, projection: Projection) -> bool:
        async with self._line() as connection, connection.transaction():
            cursor = connection.cursor(binary=True)
            claims = await _claims(cursor, venue_id, [projection.home])
            if not claims:
                return False
            start = reached = claims[0][1]
            rows = await _events(cursor, venue_id, start, self._batch_max)
            for row in rows:
                try:
                    async with connection.transaction():
                        _require_no_gap(reached, [row])
                        await _apply(cursor, projection, venue_id, [self._recorded(row)])
                except Exception as error:
                    if _is_passing(error):
                        raise
                    await self._park(cursor, venue_id, projection, row[0], error)
                    break
                reached = row[0]
            await cursor.execute(statements.MOVE, (reached, venue_id, [projection.home]))
            return reached == start + self._batch_max

    async def _park(
        self, cursor: AsyncCursor[Any], venue_id: UUID, projection: Projection, position: int, error: Exception
    ) -> None:
        """Stop a venue's projection right before the event that it cannot digest, and say so loudly."""
        self._log.error(
            "projection_parked",
            venue=str(venue_id),
            projection=projection.home,
            position=position,
            error=_summary(error),
            remedy="Mend the cause, then resume it; nothing was skipped.",
        )
        await cursor.execute(statements.PARK, (position, _summary(error), venue_id, projection.home))

    def _recorded(self, row: Row) -> Recorded:
        position, stream, version, tag, recorded_at, actor, request_id, caused_by, data = row
        return Recorded(
            position=position,
            stream=stream,
            version=version,
            recorded_at=recorded_at,
            actor=actor,
            request_id=request_id,
            caused_by=caused_by,
            event=self._decode(tag, data),
        )


async def _claims(cursor: AsyncCursor[Any], venue_id: UUID, names: list[str]) -> list[tuple[str, int]]:
    """The venue's bookmarks that nobody else holds and that are not parked, with their positions; ours till commit."""
    await cursor.execute(statements.PREPARE)
    await cursor.execute(statements.CLAIM, (venue_id, names))
    return await cursor.fetchall()


async def _events(cursor: AsyncCursor[Any], venue_id: UUID, position: int, limit: int) -> list[Row]:
    await cursor.execute(statements.EVENTS, (venue_id, position, limit))
    return await cursor.fetchall()


async def _apply(cursor: AsyncCursor[Any], projection: Projection, venue_id: UUID, batch: Sequence[Recorded]) -> None:
    await cursor.execute(statements.AT_HOME, (f"{projection.home}, pg_temp",))
    await projection.apply(cursor, venue_id, batch)


def _by_position(claims: Sequence[tuple[str, int]]) -> dict[int, list[str]]:
    """Projections that stand at the same place share what is read; a new one that catches up goes beside them."""
    together: dict[int, list[str]] = {}
    for name, position in claims:
        together.setdefault(position, []).append(name)
    return together


def _require_no_gap(position: int, rows: Sequence[Row]) -> None:
    for expected, row in enumerate(rows, start=position + 1):
        if row[0] != expected:
            raise LedgerHasAGap(f"Position {expected} is missing.")


def _is_passing(error: Exception) -> bool:
    """Whether it may pass by itself: the database is away, busy, or a standby that cannot write. That parks nothing."""
    if isinstance(error, PipelineAborted):
        return False  # Something before it broke; going alone will tell what.
    if isinstance(error, InternalError):
        return (error.sqlstate or "").startswith("25")
    return isinstance(error, OperationalError | InterfaceError | OSError | TimeoutError)


def _summary(error: Exception) -> str:
    """What broke, without what it broke on: messages may repeat an event's data, and that may be somebody's."""
    sqlstate = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} (SQLSTATE {sqlstate})" if sqlstate else type(error).__name__
