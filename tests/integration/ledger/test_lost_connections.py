"""A connection that breaks leaves the outcome open, and the receipt key closes it again."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from uuid import UUID, uuid4

import psycopg
import pytest

from application.ports import Appended, Duplicate, LedgerUnavailable, OutcomeUnknown
from infrastructure.ledger.pool import Limits
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.ledger.statements import APPEND
from tests.integration.ledger.conftest import CODEC, Database, a_draft, a_key, an_append, grows, ring
from tests.integration.ledger.cuttable_line import CuttableLine, Mode, cuttable_line

LIMITS = Limits(
    connections_min=1, connections_max=1, statement_timeout_s=0.5, checkout_timeout_s=2, connect_timeout_s=2
)


@pytest.fixture
async def line_and_ledger(database: Database) -> AsyncIterator[tuple[CuttableLine, PostgresLedger]]:
    async with cuttable_line(database.dsn) as (line, dsn), PostgresLedger.open(dsn, CODEC, LIMITS) as ledger:
        # The one connection prepares its statements here, so that later an append is one request and one answer.
        await ledger.append(an_append(uuid4()))
        await ledger.append(an_append(uuid4(), grows(uuid4(), 0, ring())))
        yield line, ledger


async def test_an_append_whose_answer_was_lost_is_told_as_done(
    line_and_ledger: tuple[CuttableLine, PostgresLedger], venue_id: UUID
) -> None:
    line, ledger = line_and_ledger
    line.mode = Mode.LOSE_ANSWER
    answer = await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring())))
    assert line.cuts == 1
    assert isinstance(answer, Appended)
    assert answer.last_position == await ledger.head(venue_id) == 1
    assert answer.recorded_at == (await ledger.entries(venue_id))[-1].recorded_at


async def test_an_append_without_events_whose_answer_was_lost_is_told_as_done(
    line_and_ledger: tuple[CuttableLine, PostgresLedger], venue_id: UUID
) -> None:
    line, ledger = line_and_ledger
    line.mode = Mode.LOSE_ANSWER
    answer = await ledger.append(an_append(venue_id))
    assert line.cuts == 1
    assert isinstance(answer, Appended)
    assert answer.last_position == 0


async def test_an_append_that_never_arrived_is_done_at_the_second_try(
    line_and_ledger: tuple[CuttableLine, PostgresLedger], venue_id: UUID
) -> None:
    line, ledger = line_and_ledger
    line.mode = Mode.LOSE_REQUEST
    assert isinstance(await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring()))), Appended)
    assert (line.cuts, await ledger.head(venue_id)) == (1, 1)


async def test_someone_elses_answer_to_the_key_is_not_taken_for_ones_own(
    line_and_ledger: tuple[CuttableLine, PostgresLedger], venue_id: UUID
) -> None:
    line, ledger = line_and_ledger
    key = a_key()
    await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring()), key=key, body=b'"theirs"'))
    line.mode = Mode.LOSE_ANSWER
    answer = await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring()), key=key, body=b'"mine"'))
    assert isinstance(answer, Duplicate)
    assert answer.receipt.body == b'"theirs"'


async def test_a_read_is_simply_asked_again(
    line_and_ledger: tuple[CuttableLine, PostgresLedger], venue_id: UUID
) -> None:
    line, ledger = line_and_ledger
    stream = uuid4()
    await ledger.append(an_append(venue_id, grows(stream, 0, ring())))
    line.mode = Mode.LOSE_ANSWER
    assert len((await ledger.read(venue_id, {stream: 0})).events[stream]) == 1
    assert line.cuts == 1


async def test_a_silent_line_ends_in_an_unknown_outcome_and_in_time(
    line_and_ledger: tuple[CuttableLine, PostgresLedger], database: Database, venue_id: UUID
) -> None:
    line, ledger = line_and_ledger
    append = an_append(venue_id, grows(uuid4(), 0, ring()))
    line.mode = Mode.SILENT
    started = monotonic()
    with pytest.raises(OutcomeUnknown):
        await ledger.append(append)
    assert monotonic() - started < 3 * (LIMITS.statement_timeout_s + LIMITS.checkout_timeout_s) + 2
    line.mode = Mode.OPEN
    async with PostgresLedger.open(database.dsn, CODEC, LIMITS) as other:
        answer = await other.append(append)
        assert isinstance(answer, Duplicate), "The first try had arrived."
        assert await other.head(venue_id) == 1


async def test_a_venue_that_someone_else_holds_is_unavailable_and_nothing_happened(
    ledger: PostgresLedger, database: Database, venue_id: UUID
) -> None:
    await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring())))
    async with PostgresLedger.open(database.dsn, CODEC, LIMITS) as hurried:
        async with await psycopg.AsyncConnection.connect(database.owner_dsn) as holder:
            await holder.execute("select from heads where venue_id = %s for update", [venue_id])
            with pytest.raises(LedgerUnavailable) as caught:
                await hurried.append(an_append(venue_id, grows(uuid4(), 0, ring())))
        assert not isinstance(caught.value, OutcomeUnknown)
        assert await hurried.head(venue_id) == 1


async def test_other_venues_do_not_wait_for_one_that_is_not_yet_committed(
    ledger: PostgresLedger, database: Database
) -> None:
    held, other = uuid4(), uuid4()
    async with await psycopg.AsyncConnection.connect(database.dsn) as holder:
        await holder.execute(APPEND.encode(), a_draft(held).parameters())
        async with asyncio.timeout(2):
            assert isinstance(await ledger.append(an_append(other, grows(uuid4(), 0, ring()))), Appended)


async def test_connections_that_the_server_closed_are_replaced_before_anyone_notices(
    ledger: PostgresLedger, database: Database, venue_id: UUID
) -> None:
    await asyncio.gather(*(ledger.append(an_append(uuid4(), grows(uuid4(), 0, ring()))) for _ in range(8)))
    async with await psycopg.AsyncConnection.connect(database.admin_dsn, autocommit=True) as admin:
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [database.app_role]
        )
    for n in range(8):
        assert isinstance(await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring(n)))), Appended)
    assert await ledger.head(venue_id) == 8


async def test_a_backend_killed_while_it_waits_to_append_appends_once(
    ledger: PostgresLedger, database: Database, venue_id: UUID
) -> None:
    await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring())))
    async with await psycopg.AsyncConnection.connect(database.admin_dsn) as holder:
        await holder.execute("select from heads where venue_id = %s for update", [venue_id])
        append = asyncio.create_task(ledger.append(an_append(venue_id, grows(uuid4(), 0, ring()))))
        for _ in range(200):
            await asyncio.sleep(0.01)
            cursor = await holder.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = %s and state = 'active' and wait_event_type = 'Lock'",
                [database.app_role],
            )
            if cursor.rowcount:
                break
    assert isinstance(await append, Appended)
    assert await ledger.head(venue_id) == 2
