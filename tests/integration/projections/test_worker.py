"""The worker as a program: two share the work, one takes over from the other, and none minds being told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from application.credentials import Claims
from domain.bill.events import BillOpened
from domain.order.events import CancelledBy
from domain.order.state import Status
from domain.shared.ids import bill_stream, venue_id_of, venue_stream
from domain.venue.events import VenueOpened
from domain.venue.settings import Settings
from infrastructure.furnishing import furnished
from infrastructure.ledger.pool import ConnectionLost, Pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.limits import FailedLogIns, LogInLimits
from infrastructure.settings import Settings as ProgramSettings
from infrastructure.worker import TOKENS_KEPT_FOR, Reconciler, purge
from projections.bookmarks import wait_until
from projections.order_list import orders
from projections.order_row import OrderRow, bill_of, followed
from projections.registry import PROJECTIONS
from tests.integration.ledger.cuttable_line import Mode, cuttable_line
from tests.integration.projections.conftest import Database, put, put_all
from tests.integration.projections.test_read_models import an_order
from tests.unit.projections.evenings import Evening

PROGRAM = """
import asyncio
from infrastructure.settings import settings_from
from infrastructure.worker import run
asyncio.run(run(settings_from()))
"""

NO_GATEWAY = "http://127.0.0.1:9"


@asynccontextmanager
async def working(database: Database, reconcile_interval_s: float = 3600) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker that, unless told otherwise, looks for open payments once and then leaves the ledgers alone."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        env={
            **os.environ,
            "DATABASE_URL": database.dsn,
            "COMANDA_JWT_SECRET": "s" * 32,
            "COMANDA_GATEWAY_URL": NO_GATEWAY,
            "COMANDA_RECONCILE_INTERVAL_S": str(reconcile_interval_s),
        },
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def rows_of(pool: Pool, venue_id: UUID) -> dict[UUID, OrderRow]:
    found, cursor = dict[UUID, OrderRow](), None
    while True:
        async with pool.connection() as connection:
            page = await orders(connection, venue_id, cursor=cursor, limit=100)
        found |= {row.order_id: row for row in page.orders}
        if (cursor := page.next_cursor) is None:
            return found


async def folded(ledger: PostgresLedger, venue_id: UUID) -> dict[UUID, OrderRow]:
    """What the rows have to be, from the ledger itself."""
    rows: dict[UUID, OrderRow | None] = {}
    for recorded in await ledger.recorded(venue_id, 0, 10_000):
        if (key := bill_of(venue_id, recorded)) is not None:
            rows[key] = followed(rows.get(key), recorded)
    return {row.order_id: row for row in rows.values() if row is not None}


@pytest.mark.slow
async def test_when_one_of_two_workers_is_killed_the_other_finishes_the_work(
    database: Database, pool: Pool, ledger: PostgresLedger
) -> None:
    venues = [uuid4() for _ in range(4)]
    async with working(database) as one, working(database) as other:
        heads = dict[UUID, int]()

        async def fill(venue_id: UUID, seed: int) -> None:
            heads[venue_id] = await put_all(ledger, venue_id, Evening(venue_id, seed, calm=True).go_on(300))

        filling = [asyncio.create_task(fill(venue_id, seed)) for seed, venue_id in enumerate(venues)]
        first = await asyncio.wait_for(_first_moved(pool, venues), 20)
        assert first
        one.kill()
        await asyncio.gather(*filling)
        for venue_id in venues:
            for projection in PROJECTIONS:
                seen = await wait_until(pool, projection.name, venue_id, heads[venue_id], timeout_s=20)
                assert seen == heads[venue_id]
            assert await rows_of(pool, venue_id) == await folded(ledger, venue_id)
        assert other.returncode is None


async def _first_moved(pool: Pool, venues: list[UUID]) -> bool:
    while True:
        for venue_id in venues:
            if await wait_until(pool, "order_list", venue_id, 1, timeout_s=0.1):
                return True


@pytest.mark.slow
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_that_is_told_to_stop_stops_soon_and_well(
    database: Database, pool: Pool, ledger: PostgresLedger, told: signal.Signals
) -> None:
    venue_id = uuid4()
    await put_all(ledger, venue_id, Evening(venue_id, 1, calm=True).go_on(20))
    async with working(database) as process:
        assert await wait_until(pool, "menu", venue_id, 1, timeout_s=20)
        process.send_signal(told)
        assert await asyncio.wait_for(process.wait(), 4) == 0


@pytest.mark.slow
async def test_the_worker_ends_orders_that_nobody_paid_in_time(
    database: Database, pool: Pool, ledger: PostgresLedger
) -> None:
    slug = f"venue-{uuid4().hex}"
    venue_id = venue_id_of(slug)
    opened = VenueOpened(slug=slug, settings=Settings(name="Conch House", currency="BSD"))
    await put(ledger, venue_id, [(venue_stream(venue_id), (opened,))], {})
    (recorded,) = await ledger.recorded(venue_id, 0, 1)
    placed = an_order(recorded.recorded_at, expires_at=recorded.recorded_at - timedelta(seconds=1))
    bill = BillOpened(order_id=placed.order_id, session_id=placed.session_id, total_minor=2499, currency="BSD")
    await put(ledger, venue_id, [(placed.order_id, (placed,)), (bill_stream(placed.order_id), (bill,))], {})
    async with working(database, reconcile_interval_s=0.2):
        assert await wait_until(pool, "order_list", venue_id, 4, timeout_s=20) >= 4
    (row,) = (await rows_of(pool, venue_id)).values()
    assert (row.status, row.cancelled_by) == (Status.CANCELLED, CancelledBy.EXPIRED)


async def test_a_line_that_went_silent_does_not_keep_the_reconciler_waiting_for_ever(database: Database) -> None:
    async with cuttable_line(database.dsn) as (line, dsn):
        hurried = ProgramSettings(database_url=dsn, jwt_secret="s" * 32, database_timeout_s=0.3)
        async with furnished(hurried) as furniture:
            await furniture.pool.wait()
            reconciler = Reconciler(furniture, patience_s=1.0)
            await reconciler.look()
            line.mode = Mode.SILENT
            with pytest.raises(ConnectionLost):
                await asyncio.wait_for(reconciler.look(), 5)


async def test_what_need_not_be_kept_any_longer_is_thrown_away(database: Database) -> None:
    settings = ProgramSettings(database_url=database.dsn, jwt_secret="s" * 32)
    async with furnished(settings) as furniture:
        now, address = furniture.house.clock(), str(uuid4())
        claims = Claims(account_id=uuid4(), login_id=uuid4())
        for token, age in (("old", TOKENS_KEPT_FOR * 2), ("new", timedelta(0))):
            await furniture.house.credentials.add_refresh_token(token.encode(), claims, now - age)
        knocks = FailedLogIns(furniture.pool, furniture.limits, LogInLimits(per_pair=1))
        await knocks.failed("a@b", address)
        async with furniture.pool.connection() as connection:
            await purge(settings, furniture)
            kept = await connection.execute(
                "select token_hash from refresh_tokens where account_id = %s", (claims.account_id,)
            )
            assert await kept.fetchall() == [(b"new",)]
        assert await knocks.wait_s("a@b", address) > 0
        await FailedLogIns(furniture.pool, furniture.limits, LogInLimits(window_s=0.0)).forget_old()
        assert await knocks.wait_s("a@b", address) == 0
