"""The engine: every event once and in order, by any number of workers; what breaks stands still, and only that."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec.structs import replace

from application.ports import Recorded
from domain.order.events import OrderConfirmed
from domain.session.events import SessionClosed
from domain.shared.event import Event
from infrastructure.ledger.pool import Pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.projecting.engine import Engine
from infrastructure.projecting.schemas import prepare
from projections.bookmarks import lagging, parked, resume, wait_until
from projections.kitchen_board import KITCHEN_BOARD
from projections.menu import MENU
from projections.order_list import ORDER_LIST
from projections.projection import Cursor, Projection
from projections.unsettled import UNSETTLED
from tests.integration.projections.conftest import Database, put, put_all
from tests.unit.projections.evenings import Evening, Growing

MakeEngine = Callable[..., Engine]


async def note(cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded]) -> None:
    """Write down every event that is seen; seeing one twice leaves it in twice."""
    await cursor.executemany(
        "insert into notes (venue_id, position) values (%s, %s)", [(venue_id, each.position) for each in batch]
    )


NOTES = Projection(
    name="notes",
    version=1,
    tables=("notes",),
    schema="create table notes (venue_id uuid not null, position bigint not null, seen bigserial)",
    apply=note,
)


class Poison:
    """A projection that cannot digest confirmations, until it is cured."""

    def __init__(self) -> None:
        self.cured = False

    async def apply(self, cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded]) -> None:
        await note(cursor, venue_id, batch)
        if not self.cured and any(isinstance(each.event, OrderConfirmed) for each in batch):
            raise ValueError("the guest's secret note")


@pytest.fixture(autouse=True, scope="module")
def notes(database: Database) -> None:
    with psycopg.connect(database.owner_dsn) as connection:
        prepare(connection, database.app_role, [NOTES, replace(NOTES, name="brittle")])
        for home in (NOTES.home, "brittle_v1"):
            grant = f"grant usage on all sequences in schema {home} to {database.app_role}"
            connection.execute(grant.encode())


async def noted(pool: Pool, venue_id: UUID, name: str = "notes") -> list[int]:
    async with pool.connection() as connection:
        query = f"select position from {name}_notes where venue_id = %s order by seen"
        return [position for (position,) in await (await connection.execute(query.encode(), (venue_id,))).fetchall()]


def closings(count: int) -> list[list[Growing]]:
    return [[(session_id := uuid4(), (SessionClosed(session_id=session_id),))] for _ in range(count)]


async def test_every_event_is_seen_once_and_in_order(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    last = await put_all(ledger, venue_id, Evening(venue_id, 1).go_on(60))
    await engine_of([NOTES], batch_max=7).catch_up(venue_id)
    assert await noted(pool, venue_id) == list(range(1, last + 1))


async def test_two_workers_on_the_same_venues_see_every_event_once_between_them(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine
) -> None:
    venues = [uuid4() for _ in range(3)]
    workers = [asyncio.create_task(engine_of([NOTES], batch_max=5).run(poll_interval_s=0.01)) for _ in range(2)]
    try:
        for venue_id in venues:
            versions: dict[UUID, int] = {}
            for growings in closings(40):
                await put(ledger, venue_id, growings, versions)
        for venue_id in venues:
            assert await wait_until(pool, "notes", venue_id, 40, timeout_s=10) == 40
            assert await noted(pool, venue_id) == list(range(1, 41))
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def test_an_event_that_breaks_a_projection_parks_only_that_one_and_only_in_its_venue(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    other, order_id = uuid4(), uuid4()
    confirmed: list[Growing] = [(order_id, (OrderConfirmed(order_id=order_id),))]
    versions: dict[UUID, int] = {}
    for growings in [*closings(2), confirmed, *closings(2)]:
        await put(ledger, venue_id, growings, versions)
    await put(ledger, other, closings(1)[0], {})
    poison = Poison()
    engine = engine_of([NOTES, replace(NOTES, name="brittle", apply=poison.apply)])
    for each in (venue_id, other):
        await engine.catch_up(each)

    assert await noted(pool, venue_id) == [1, 2, 3, 4, 5]
    assert await noted(pool, venue_id, "brittle") == [1, 2]
    assert await noted(pool, other, "brittle") == [1]
    async with pool.connection() as connection:
        (stuck,) = [each for each in await parked(connection) if each.venue_id == venue_id]
    assert (stuck.name, stuck.position, stuck.reason) == ("brittle_v1", 3, "ValueError")
    assert await engine.advance(venue_id) is False

    poison.cured = True
    await engine.catch_up(venue_id)
    assert await noted(pool, venue_id, "brittle") == [1, 2], "it waits for somebody to look at it"
    async with pool.connection() as connection:
        assert await resume(connection, "brittle_v1", venue_id)
        assert not await resume(connection, "brittle_v1", venue_id)
    await engine.catch_up(venue_id)
    assert await noted(pool, venue_id, "brittle") == [1, 2, 3, 4, 5]


async def test_whoever_waits_for_a_parked_projection_is_told_at_once_how_far_it_came(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    order_id = uuid4()
    await put(ledger, venue_id, [(order_id, (OrderConfirmed(order_id=order_id),))], {})
    await engine_of([replace(NOTES, name="brittle", apply=Poison().apply)]).catch_up(venue_id)
    async with asyncio.timeout(2):
        assert await wait_until(pool, "brittle", venue_id, 1, timeout_s=30) == 0


async def test_an_event_that_nobody_can_read_parks_right_before_it(
    pool: Pool, ledger: PostgresLedger, venue_id: UUID
) -> None:
    for growings in closings(3):
        await put(ledger, venue_id, growings, {})
    calls = 0

    def decode(tag: str, data: bytes) -> Event:
        nonlocal calls
        calls += 1
        if calls in {2, 4}:  # the second event, in the quick way and then alone
            raise LookupError(tag)
        return SessionClosed(session_id=venue_id)

    await Engine(pool, [NOTES], decode).catch_up(venue_id)
    assert await noted(pool, venue_id) == [1]
    async with pool.connection() as connection:
        assert [each.position for each in await parked(connection) if each.venue_id == venue_id] == [2]


async def test_a_gap_in_the_ledger_is_not_passed_over(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, database: Database, venue_id: UUID
) -> None:
    for growings in closings(3):
        await put(ledger, venue_id, growings, {})
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute("delete from events where venue_id = %s and position = 2", (venue_id,))
    await engine_of([NOTES]).catch_up(venue_id)
    assert await noted(pool, venue_id) == [1]
    async with pool.connection() as connection:
        assert [each.reason for each in await parked(connection) if each.venue_id == venue_id] == ["LedgerHasAGap"]


async def test_a_database_that_went_away_parks_nothing(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    await put(ledger, venue_id, closings(1)[0], {})

    async def cut(cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded]) -> None:
        await note(cursor, venue_id, batch)
        await cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(psycopg.OperationalError):
        await engine_of([replace(NOTES, apply=cut)]).advance(venue_id)
    await engine_of([NOTES]).catch_up(venue_id)
    assert await noted(pool, venue_id) == [1]


async def test_an_engine_that_is_told_to_stop_stops_even_where_a_call_turns_that_into_its_own_error(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    await put(ledger, venue_id, closings(1)[0], {})
    begun = asyncio.Event()

    async def stubborn(_cursor: Cursor, _venue_id: UUID, _batch: Sequence[Recorded]) -> None:
        begun.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            raise psycopg.OperationalError("the connection is lost") from None

    running = asyncio.create_task(engine_of([replace(NOTES, apply=stubborn)]).run())
    await asyncio.wait_for(begun.wait(), 10)
    running.cancel()
    assert await asyncio.wait({running}, timeout=5) == ({running}, set())


async def test_waiting_ends_as_soon_as_the_position_was_seen(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    last = await put(ledger, venue_id, closings(1)[0], {})
    waiting = asyncio.create_task(wait_until(pool, "kitchen_board", venue_id, last, timeout_s=5))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await engine_of().catch_up(venue_id)
    async with asyncio.timeout(1):
        assert await waiting == last


async def test_waiting_for_what_does_not_come_ends_in_time(pool: Pool, venue_id: UUID) -> None:
    started = asyncio.get_running_loop().time()
    assert await wait_until(pool, "kitchen_board", venue_id, 1, timeout_s=0.2) == 0
    assert 0.2 <= asyncio.get_running_loop().time() - started < 1


async def test_health_can_tell_who_lags(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, venue_id: UUID
) -> None:
    await put(ledger, venue_id, closings(1)[0], {})
    await engine_of().catch_up(venue_id)
    for growings in closings(3):
        await put(ledger, venue_id, growings, {})
    async with pool.connection() as connection:
        late = await lagging(connection, [MENU.home, KITCHEN_BOARD.home], events_min=3)
    assert {(each.name, each.position, each.head) for each in late if each.venue_id == venue_id} == {
        ("menu_v1", 1, 4),
        ("kitchen_board_v1", 1, 4),
    }


@pytest.mark.parametrize("seed", range(3))
async def test_rows_kept_up_to_date_are_those_of_a_rebuild_from_scratch(
    pool: Pool, ledger: PostgresLedger, engine_of: MakeEngine, database: Database, seed: int
) -> None:
    venue_id = uuid4()
    live = [MENU, KITCHEN_BOARD, ORDER_LIST, UNSETTLED]
    again = [replace(projection, version=100 + seed) for projection in live]
    with psycopg.connect(database.owner_dsn) as connection:
        prepare(connection, database.app_role, again)
    step_by_step = engine_of(live, batch_max=3)
    versions: dict[UUID, int] = {}
    for growings in Evening(venue_id, seed).go_on(250).appends:
        await put(ledger, venue_id, growings, versions)
        await step_by_step.advance(venue_id)
    await step_by_step.catch_up(venue_id)
    await engine_of(again).catch_up(venue_id)

    async with pool.connection() as connection:
        for before, after in zip(live, again, strict=True):
            for table in before.tables:
                query = "select * from {} where venue_id = %s order by id"
                rows = [
                    await (
                        await connection.execute(query.format(f"{each.home}.{table}").encode(), (venue_id,))
                    ).fetchall()
                    for each in (before, after)
                ]
                assert rows[0] or before is MENU, "nothing was compared"
                assert rows[0] == rows[1]
