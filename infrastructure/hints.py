"""A word across processes that something happened, so that nobody needs to poll in a hurry.

A hint is never needed: whoever listens polls too, and a lost hint costs a moment. It is sent from outside the append,
because NOTIFY takes a lock of the whole database at commit (measured: 3–4 times slower), and at most every few
milliseconds, however much happens.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from uuid import UUID

import structlog
from psycopg import AsyncConnection

from application.ports import Append, Appended, Conflict, Duplicate, Ledger, Receipt, Streams
from infrastructure.stopping import told_to_stop

CHANNEL: Final = "comanda_ledgers"
INTERVAL_S: Final = 0.010
VENUES_MAX: Final = 200
"""As many UUIDs as fit into a notification's 8,000 bytes. Who finds the others at its next poll loses nothing."""

ALIVE_S: Final = 10.0
CONNECT: Final[dict[str, Any]] = {
    "autocommit": True,
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


class Hints:
    """Tells the other processes, in the background, in which venues something happened."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._venues: dict[UUID, None] = {}
        self._something = asyncio.Event()

    def appended(self, venue_id: UUID) -> None:
        """Something was appended to this venue's ledger. Returns at once, and never fails."""
        if len(self._venues) < VENUES_MAX:
            self._venues[venue_id] = None
            self._something.set()

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send hints for as long as the block lasts."""
        task = asyncio.create_task(self._send())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _send(self) -> None:
        async def through(connection: AsyncConnection[Any]) -> None:
            while True:
                await self._something.wait()
                self._something.clear()
                payload = " ".join(venue_id.hex for venue_id in self._venues)
                self._venues.clear()
                await connection.execute("select pg_notify(%s, %s)", (CHANNEL, payload))
                await asyncio.sleep(INTERVAL_S)

        await _for_ever(self._dsn, "hints_not_sent", through)


class HintedLedger:
    """A ledger that gives a hint after each append; in all else the ledger that it was given."""

    def __init__(self, ledger: Ledger, hints: Hints) -> None:
        self._ledger = ledger
        self._hints = hints

    async def append(self, append: Append) -> Appended | Conflict | Duplicate:
        """See `Ledger.append`."""
        outcome = await self._ledger.append(append)
        if isinstance(outcome, Appended):
            self._hints.appended(append.venue_id)
        return outcome

    async def read(self, venue_id: UUID, after: Mapping[UUID, int]) -> Streams:
        """See `Ledger.read`."""
        return await self._ledger.read(venue_id, after)

    async def receipt(self, venue_id: UUID, key: bytes) -> Receipt | None:
        """See `Ledger.receipt`."""
        return await self._ledger.receipt(venue_id, key)

    async def head(self, venue_id: UUID) -> int:
        """See `Ledger.head`."""
        return await self._ledger.head(venue_id)


async def listen(dsn: str, heard: Callable[[Sequence[UUID]], None]) -> None:
    """Pass on every hint until cancelled; connect again whenever the connection is lost, or has silently died."""

    async def through(connection: AsyncConnection[Any]) -> None:
        await connection.execute(f"listen {CHANNEL}")
        while True:
            async for notice in connection.notifies(timeout=ALIVE_S):
                heard([UUID(word) for word in notice.payload.split()])
            await asyncio.wait_for(connection.execute("select 1"), ALIVE_S)

    await _for_ever(dsn, "hints_not_heard", through)


async def _for_ever(dsn: str, trouble: str, talk: Callable[[AsyncConnection[Any]], Any]) -> None:
    """Hold a connection and talk through it; after trouble, begin anew, with growing pauses while it lasts."""
    log = structlog.get_logger("hints")
    pause_s = 0.1
    while not told_to_stop():
        started = asyncio.get_running_loop().time()
        try:
            async with await AsyncConnection.connect(dsn, **CONNECT) as connection:
                await talk(connection)
        except Exception as error:  # noqa: BLE001 - hints are a courtesy; whatever fails, try again
            log.warning(trouble, error=type(error).__name__)
        lasted_s = asyncio.get_running_loop().time() - started
        pause_s = 0.1 if lasted_s > ALIVE_S else min(pause_s * 2, 5.0)
        await asyncio.sleep(pause_s)
