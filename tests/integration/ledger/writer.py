"""One of the processes that test_tail_reader.py starts: appends to venues by turns and prints what it appended.

The connection string comes in on the standard input, since it holds a password. Each line that goes out is
`venue stream version`, printed only once the append was answered.
"""

import asyncio
import sys
from random import Random
from uuid import UUID, uuid4

from application.ports import Appended
from infrastructure.ledger.pool import Limits
from infrastructure.ledger.recorder import PostgresLedger
from tests.integration.ledger.conftest import CODEC, an_append, grows, ring

CALLERS = 4


async def write(dsn: str, appends: int, venues: list[UUID]) -> None:
    chance = Random(appends)  # noqa: S311 - only to vary the sizes
    sizes = iter([chance.choice((1, 1, 2, 5)) for _ in range(appends)])

    async def keep_appending(ledger: PostgresLedger) -> None:
        for n, size in enumerate(sizes):
            venue_id, stream = venues[n % len(venues)], uuid4()
            answer = await ledger.append(an_append(venue_id, grows(stream, 0, *[ring(n)] * size)))
            if not isinstance(answer, Appended):
                raise TypeError(f"A stream of its own cannot meet a {answer}.")
            for version in range(1, size + 1):
                print(venue_id, stream, version)  # noqa: T201 - the test reads it

    async with PostgresLedger.open(dsn, CODEC, Limits(connections_min=CALLERS, connections_max=CALLERS)) as ledger:
        await asyncio.gather(*(keep_appending(ledger) for _ in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(write(sys.stdin.read(), int(sys.argv[1]), [UUID(venue) for venue in sys.argv[2:]]))
