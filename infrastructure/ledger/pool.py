"""Connections that cannot keep anyone waiting for ever: every step has its limit, on the client and on the server."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from os import dup
from time import monotonic
from typing import Any, Final

from msgspec import Struct
from psycopg import AsyncConnection, Error, InterfaceError, OperationalError
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from application.ports import LedgerUnavailable

RECONNECT_S: Final = 1.0
"""How long the pool by itself goes on trying to replace a connection; after that, whoever wants one makes it try anew.

Its own pauses double each time, so that after a long outage it would find the server back only much later (measured:
21 s after one of 40 s).
"""

GRACE_S: Final = 0.5
"""How much longer than the server the client waits: who times out first should be who can say what happened."""

_BUSY: Final = frozenset({"40001", "40P01", "55P03", "57014"})
"""Serialization failure, deadlock, lock time-out, statement time-out: rolled back, and worth another try."""

_SHORT_OF: Final = "53"
"""The class of insufficient resources: too many connections, disk full, out of memory."""

_GONE: Final = ("08", "57P")
"""Connection exceptions and operator intervention (shutdown, crash): whether it was committed, nobody here knows."""


class ConnectionLost(Exception):
    """The connection broke while a statement was under way; the server may or may not have done it."""


class Line(AsyncConnection[Any]):
    """A connection that knows since when it is in use."""

    born_s = 0.0


class Pool(AsyncConnectionPool[Line]):
    """A pool that starts afresh when a connection broke: the others most likely broke with it, as at a restart."""

    _afresh_s = 0.0

    async def start_afresh(self, lost: Line) -> None:
        """Replace what is as old as the lost connection, once, however many find theirs broken at the same time.

        Checking each connection instead would wait for each in turn, and for ever where the line is merely silent.
        """
        if lost.born_s > self._afresh_s:
            self._afresh_s = monotonic()
            await self.drain()


class Limits(Struct, frozen=True, kw_only=True):
    """How long each step may take, in seconds, and how many connections there are at most."""

    connections_min: int = 2
    connections_max: int = 16
    connect_timeout_s: float = 5.0
    checkout_timeout_s: float = 5.0
    statement_timeout_s: float = 5.0

    def connection_options(self) -> dict[str, Any]:
        """What libpq is told: when to give up connecting, and when a peer that is silent counts as dead."""
        return {
            "autocommit": True,
            "connect_timeout": max(2, round(self.connect_timeout_s)),  # libpq takes whole seconds, and at least two
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": int(self.statement_timeout_s * 2000),
            "prepare_threshold": 0,
        }


@asynccontextmanager
async def open_pool(dsn: str, limits: Limits) -> AsyncIterator[Pool]:
    """A pool that opens without waiting for the server, so that a program can start before its database."""

    async def configure(connection: Line) -> None:
        connection.born_s = monotonic()
        milliseconds = f"{int(limits.statement_timeout_s * 1000)}ms"
        with cut_after(connection, limits.connect_timeout_s):
            await connection.execute("select set_config('statement_timeout', %s, false)", [milliseconds])

    pool = Pool(
        dsn,
        connection_class=Line,
        kwargs=limits.connection_options(),
        min_size=limits.connections_min,
        max_size=limits.connections_max,
        timeout=limits.checkout_timeout_s,
        reconnect_timeout=RECONNECT_S,
        configure=configure,
        open=False,
    )
    await pool.open(wait=False)
    try:
        yield pool
    finally:
        await pool.close(timeout=limits.checkout_timeout_s)


@asynccontextmanager
async def statement(pool: Pool, limits: Limits) -> AsyncIterator[Line]:
    """A connection for one statement. Raises LedgerUnavailable, ConnectionLost, or what is a mistake of ours."""
    try:
        async with pool.connection() as connection:
            try:
                with cut_after(connection, limits.statement_timeout_s + GRACE_S):
                    yield connection
            except Error as error:
                if means_lost(error):
                    await pool.start_afresh(connection)
                raise
    except (PoolTimeout, PoolClosed, TooManyRequests) as error:
        raise LedgerUnavailable("No connection to the database was free in time.") from error
    except Error as error:
        if means_lost(error):
            raise ConnectionLost("The connection to the database broke.") from error
        state = error.sqlstate or ""
        if state in _BUSY or state.startswith(_SHORT_OF):
            raise LedgerUnavailable(f"The database could not do it now (SQLSTATE {state}).") from error
        raise


def means_lost(error: Error) -> bool:
    """Whether nobody here can know if the statement was done. Only the SQLSTATE says, or that there is none."""
    if error.sqlstate is None:
        return isinstance(error, OperationalError | InterfaceError)
    return error.sqlstate.startswith(_GONE)


@contextmanager
def cut_after(connection: AsyncConnection[Any], limit_s: float) -> Iterator[None]:
    """Cut the connection if what is inside takes longer, so that a time-out looks like what it is: a lost connection.

    Cancelling the task instead would have psycopg ask the server to cancel, and wait for that in turn.
    """
    timer = asyncio.get_running_loop().call_later(limit_s, _cut, connection)
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: AsyncConnection[Any]) -> None:
    try:
        with socket.socket(fileno=dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    except (OSError, OperationalError):
        return  # It is cut already.
