"""Hints: heard soon, never needed, and back after the connection was lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import psycopg

from infrastructure.hints import HintedLedger, Hints, listen
from infrastructure.ledger.recorder import PostgresLedger
from tests.integration.projections.conftest import Database, put
from tests.integration.projections.test_engine import closings


class Ears:
    """What was heard so far."""

    def __init__(self) -> None:
        self.heard: list[UUID] = []
        self._something = asyncio.Event()

    def __call__(self, venue_ids: Sequence[UUID]) -> None:
        self.heard += venue_ids
        self._something.set()

    async def hear(self, venue_id: UUID) -> None:
        async with asyncio.timeout(5):
            while venue_id not in self.heard:
                self._something.clear()
                await self._something.wait()


@asynccontextmanager
async def listening(dsn: str) -> AsyncIterator[Ears]:
    ears = Ears()
    task = asyncio.create_task(listen(dsn, ears))
    try:
        yield ears
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_heard(hints: Hints, ears: Ears) -> None:
    """Give hints until one is heard: the listener needs a moment to be there."""
    venue_id = uuid4()
    async with asyncio.timeout(10):
        while venue_id not in ears.heard:
            hints.appended(venue_id)
            await asyncio.sleep(0.02)


async def test_an_append_is_heard_of_in_other_processes(database: Database, ledger: PostgresLedger) -> None:
    hints, venue_id = Hints(database.dsn), uuid4()
    async with listening(database.dsn) as ears, hints.sending():
        await until_heard(hints, ears)
        hinted = HintedLedger(ledger, hints)
        await put(hinted, venue_id, closings(1)[0], {})
        await ears.hear(venue_id)


async def test_a_hundred_hints_in_a_row_are_a_few_notifications(database: Database) -> None:
    hints, venues = Hints(database.dsn), [uuid4() for _ in range(100)]
    async with listening(database.dsn) as ears, hints.sending():
        await until_heard(hints, ears)
        ears.heard.clear()
        for venue_id in [*venues, *venues]:
            hints.appended(venue_id)
        await ears.hear(venues[-1])
        assert sorted(ears.heard) == sorted(venues)


async def test_the_listener_comes_back_after_its_connection_was_cut(database: Database) -> None:
    hints = Hints(database.dsn)
    async with listening(database.dsn) as ears, hints.sending():
        await until_heard(hints, ears)
        async with await psycopg.AsyncConnection.connect(database.dsn, autocommit=True) as connection:
            cut = await connection.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()"
                " and usename = %s and (query ilike 'listen%%' or query ilike '%%pg_notify%%')",
                (database.app_role,),
            )
            assert ((await cut.fetchone()) or (0,))[0] >= 2
        await until_heard(hints, ears)
