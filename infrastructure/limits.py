"""How often one may knock: wrong log-ins, counted in the database for all processes, and requests, counted in each.

Wrong log-ins are limited per pair of e-mail and address and per address; a success forgets the pair. A log-in is
counted when it has failed, in line with the others from its address, so that guesses sent at once are not let through
at once: of twenty wrong ones exactly ten are told that they are wrong.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from time import monotonic
from typing import Any, Final

from msgspec import Struct
from psycopg import AsyncConnection

from application.ports import LedgerUnavailable
from domain.shared.ids import HOUSE
from infrastructure.ledger.pool import ConnectionLost, Limits, Pool, statement

ADDRESSES_MAX: Final = 10_000

COUNTED: Final = """
select count(*) filter (where pair = %(pair)s), count(*),
    coalesce(extract(epoch from min(failed_at) + make_interval(secs => %(window_s)s) - clock_timestamp()), 0)::float8
from failed_logins
where venue_id = %(house)s and address = %(address)s
    and failed_at > clock_timestamp() - make_interval(secs => %(window_s)s)
"""
IN_LINE: Final = "select pg_advisory_xact_lock(hashtextextended(%(address)s, 0))"
FAILED: Final = "insert into failed_logins (venue_id, address, pair) values (%(house)s, %(address)s, %(pair)s)"
FORGIVEN: Final = "delete from failed_logins where venue_id = %(house)s and address = %(address)s and pair = %(pair)s"
FORGOTTEN: Final = """
delete from failed_logins
where venue_id = %(house)s and address = %(address)s
    and failed_at <= clock_timestamp() - make_interval(secs => %(window_s)s)
"""

LONG_AGO: Final = """
delete from failed_logins
where venue_id = %(house)s and failed_at <= clock_timestamp() - make_interval(secs => %(window_s)s)
"""


class LogInLimits(Struct, frozen=True, kw_only=True):
    """How many wrong log-ins are let through within `window_s` seconds."""

    per_pair: int = 10
    per_address: int = 100
    window_s: float = 900.0


class FailedLogIns:
    """The wrong log-ins of the last minutes, shared by every process of the house."""

    def __init__(self, pool: Pool, timeouts: Limits, limits: LogInLimits) -> None:
        """Count in that pool's database."""
        self._pool = pool
        self._timeouts = timeouts
        self._limits = limits

    async def wait_s(self, email: str, address: str) -> float:
        """For how many seconds this pair has to wait before it may try again; 0.0 if it may now."""
        async with self._connection() as connection:
            return await self._wait_s(connection, self._of(email, address))

    async def failed(self, email: str, address: str) -> float:
        """Count one wrong log-in. More than 0.0: it was one too many, and this is for how long to wait."""
        values = self._of(email, address)
        async with self._connection() as connection, connection.transaction():
            await connection.execute(IN_LINE, values)
            wait_s = await self._wait_s(connection, values)
            if not wait_s:
                await connection.execute(FORGOTTEN, values)
                await connection.execute(FAILED, values)
            return wait_s

    async def succeeded(self, email: str, address: str) -> None:
        """Forget the pair's wrong log-ins."""
        async with self._connection() as connection:
            await connection.execute(FORGIVEN, self._of(email, address))

    async def forget_old(self) -> None:
        """Forget what no longer counts, of everybody."""
        async with self._connection() as connection:
            await connection.execute(LONG_AGO, {"house": HOUSE, "window_s": self._limits.window_s})

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        try:
            async with statement(self._pool, self._timeouts) as connection:
                yield connection
        except ConnectionLost as error:
            raise LedgerUnavailable("The connection to the database broke.") from error

    async def _wait_s(self, connection: AsyncConnection[Any], values: dict[str, Any]) -> float:
        row = await (await connection.execute(COUNTED, values)).fetchone()
        if row is None:
            return 0.0
        of_pair, of_address, wait_s = row
        blocked = of_pair >= self._limits.per_pair or of_address >= self._limits.per_address
        return max(1.0, wait_s) if blocked else 0.0

    def _of(self, email: str, address: str) -> dict[str, Any]:
        pair = sha256(f"{email.strip().casefold()}\n{address}".encode("utf-8", "replace")).digest()
        return {"house": HOUSE, "address": address, "pair": pair, "window_s": self._limits.window_s}


class RequestRate:
    """Lets an address make `per_s` requests a second, and as many at once; remembers the busiest 10,000 addresses."""

    def __init__(self, per_s: float, *, now_s: Callable[[], float] = monotonic) -> None:
        """Begin with nobody known: everybody may make a second's worth of requests at once."""
        self._per_s = per_s
        self._now_s = now_s
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __call__(self, address: str) -> float:
        """Admit one request: 0.0, or the seconds to wait until the next would be admitted."""
        now_s = self._now_s()
        left, seen_s = self._buckets.get(address, (self._per_s, now_s))
        left = min(self._per_s, left + (now_s - seen_s) * self._per_s)
        admitted = left >= 1.0
        self._buckets[address] = (left - 1.0 if admitted else left, now_s)
        self._buckets.move_to_end(address)
        if len(self._buckets) > ADDRESSES_MAX:
            self._buckets.popitem(last=False)
        return 0.0 if admitted else (1.0 - left) / self._per_s
