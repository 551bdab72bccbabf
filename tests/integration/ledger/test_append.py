"""What an append promises: all or nothing, in order, once, and judged by what was true at that moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import uniform
from uuid import UUID, uuid4

import psycopg
import pytest

from application.ports import Appended, Conflict, Duplicate, LedgerUnavailable, OutcomeUnknown
from infrastructure.ledger.pool import Limits
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.ledger.statements import APPEND
from tests.integration.ledger.conftest import CODEC, BellBroke, Database, a_draft, a_key, an_append, grows, ring


async def test_events_get_the_next_versions_and_positions(ledger: PostgresLedger, venue_id: UUID) -> None:
    one, two = uuid4(), uuid4()
    first = await ledger.append(an_append(venue_id, grows(one, 0, ring(1), ring(2)), grows(two, 0, BellBroke())))
    second = await ledger.append(an_append(venue_id, grows(one, 2, ring(3))))
    assert isinstance(first, Appended)
    assert isinstance(second, Appended)
    assert (first.last_position, second.last_position) == (3, 4)
    streams = await ledger.read(venue_id, {one: 0, two: 0})
    assert [(event.position, event.version, event.event) for event in streams.events[one]] == [
        (1, 1, ring(1)),
        (2, 2, ring(2)),
        (4, 3, ring(3)),
    ]
    assert [(event.position, event.version, event.event) for event in streams.events[two]] == [(3, 1, BellBroke())]
    assert streams.events[one][0].recorded_at == first.recorded_at <= second.recorded_at
    assert abs(streams.read_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_read_brings_only_what_is_new_and_names_every_stream(ledger: PostgresLedger, venue_id: UUID) -> None:
    one, never = uuid4(), uuid4()
    await ledger.append(an_append(venue_id, grows(one, 0, *(ring(n) for n in range(5)))))
    streams = await ledger.read(venue_id, {one: 3, never: 0})
    assert [event.version for event in streams.events[one]] == [4, 5]
    assert streams.events[never] == []


async def test_the_envelope_comes_back_as_it_was_given(ledger: PostgresLedger, venue_id: UUID) -> None:
    stream = uuid4()
    await ledger.append(an_append(venue_id, grows(stream, 0, ring(1, note="Ding 🔔 «dong»"))))
    (event,) = (await ledger.read(venue_id, {stream: 0})).events[stream]
    assert (event.actor, event.request_id, event.caused_by) == ("guest:one", "request-1", "")
    assert event.event == ring(1, note="Ding 🔔 «dong»")


@pytest.mark.parametrize("expected", [0, 1, 3, -1])
async def test_another_version_than_the_last_is_a_conflict(
    ledger: PostgresLedger, venue_id: UUID, expected: int
) -> None:
    stream = uuid4()
    await ledger.append(an_append(venue_id, grows(stream, 0, ring(), ring())))
    assert await ledger.append(an_append(venue_id, grows(stream, expected, ring()))) == Conflict()
    assert await ledger.head(venue_id) == 2


@pytest.mark.parametrize(("expected", "first_version"), [(0, 1), (-1, 0)])
async def test_a_stream_may_begin_at_one_or_at_zero(
    ledger: PostgresLedger, venue_id: UUID, expected: int, first_version: int
) -> None:
    stream = uuid4()
    await ledger.append(an_append(venue_id, grows(stream, expected, ring())))
    (event,) = (await ledger.read(venue_id, {stream: -1})).events[stream]
    assert event.version == first_version


async def test_a_stream_that_is_not_there_is_at_no_other_version(ledger: PostgresLedger, venue_id: UUID) -> None:
    assert await ledger.append(an_append(venue_id, grows(uuid4(), 1, ring()))) == Conflict()


async def test_one_stale_stream_stops_all_the_others(ledger: PostgresLedger, venue_id: UUID) -> None:
    fresh, stale = uuid4(), uuid4()
    await ledger.append(an_append(venue_id, grows(stale, 0, ring())))
    key = a_key()
    append = an_append(venue_id, grows(fresh, 0, ring()), grows(stale, 0, ring()), key=key)
    assert await ledger.append(append) == Conflict()
    assert (await ledger.read(venue_id, {fresh: 0})).events[fresh] == []
    assert await ledger.head(venue_id) == 1
    assert await ledger.receipt(venue_id, key.key) is None


async def test_a_stream_that_was_judged_and_does_not_grow_can_conflict(ledger: PostgresLedger, venue_id: UUID) -> None:
    judged, growing = uuid4(), uuid4()
    await ledger.append(an_append(venue_id, grows(judged, 0, ring())))
    assert await ledger.append(an_append(venue_id, grows(growing, 0, ring()), grows(judged, 0))) == Conflict()
    assert isinstance(await ledger.append(an_append(venue_id, grows(growing, 0, ring()), grows(judged, 1))), Appended)


async def test_the_same_key_gets_the_first_answer(ledger: PostgresLedger, venue_id: UUID) -> None:
    key, stream = a_key(), uuid4()
    append = an_append(venue_id, grows(stream, 0, ring()), key=key, body=b'{"first": true}')
    assert isinstance(await ledger.append(append), Appended)
    again = await ledger.append(an_append(venue_id, grows(stream, 1, ring()), key=key, body=b'{"first": false}'))
    assert isinstance(again, Duplicate)
    assert (again.receipt.status, again.receipt.body, again.receipt.position) == (201, b'{"first": true}', 1)
    assert again.receipt == await ledger.receipt(venue_id, key.key)
    assert await ledger.head(venue_id) == 1


async def test_a_duplicate_comes_before_a_conflict(ledger: PostgresLedger, venue_id: UUID) -> None:
    append = an_append(venue_id, grows(uuid4(), 0, ring()), key=a_key())
    await ledger.append(append)
    assert isinstance(await ledger.append(append), Duplicate)


async def test_another_request_under_the_same_key_shows_by_its_fingerprint(
    ledger: PostgresLedger, venue_id: UUID
) -> None:
    key = a_key(fingerprint=b"a" * 32)
    await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring()), key=key))
    other = a_key(key.key, fingerprint=b"b" * 32)
    answer = await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring()), key=other))
    assert isinstance(answer, Duplicate)
    assert answer.receipt.fingerprint == b"a" * 32


async def test_one_key_in_two_venues_is_two_keys(ledger: PostgresLedger) -> None:
    key = a_key()
    for venue_id in (uuid4(), uuid4()):
        assert isinstance(await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring()), key=key)), Appended)


async def test_an_append_without_events_still_leaves_its_receipt(ledger: PostgresLedger, venue_id: UUID) -> None:
    await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring(), ring())))
    key = a_key()
    answer = await ledger.append(an_append(venue_id, key=key))
    assert isinstance(answer, Appended)
    assert answer.last_position == 2
    receipt = await ledger.receipt(venue_id, key.key)
    assert receipt is not None
    assert receipt.position == 2


async def test_receipts_go_once_they_need_not_be_kept(ledger: PostgresLedger, venue_id: UUID) -> None:
    old, young = a_key(keep_for=timedelta(seconds=-1)), a_key()
    for key in (old, young):
        await ledger.append(an_append(venue_id, key=key))
    assert await ledger.discard_receipts(venue_id) == 1
    assert await ledger.receipt(venue_id, old.key) is None
    assert await ledger.receipt(venue_id, young.key) is not None


async def test_a_hundred_callers_with_one_key_append_once(ledger: PostgresLedger, venue_id: UUID) -> None:
    key = a_key()
    append = an_append(venue_id, grows(uuid4(), 0, ring()), key=key)
    answers = await asyncio.gather(*(ledger.append(append) for _ in range(100)))
    assert sum(isinstance(answer, Appended) for answer in answers) == 1
    assert sum(isinstance(answer, Duplicate) for answer in answers) == 99
    assert await ledger.head(venue_id) == 1


async def test_eight_writers_on_one_stream_lose_nothing(ledger: PostgresLedger, venue_id: UUID) -> None:
    stream, rings_each = uuid4(), 20
    conflicts = 0

    async def write(writer: int) -> None:
        nonlocal conflicts
        for n in range(rings_each):
            for attempt in range(1000):
                version = len((await ledger.read(venue_id, {stream: 0})).events[stream])
                answer = await ledger.append(an_append(venue_id, grows(stream, version, ring(n, note=str(writer)))))
                if isinstance(answer, Appended):
                    break
                conflicts += 1
                await asyncio.sleep(uniform(0, 0.002 * min(attempt + 1, 10)))  # noqa: S311 - only to be out of step

    await asyncio.gather(*(write(writer) for writer in range(8)))
    events = [event.event for event in (await ledger.read(venue_id, {stream: 0})).events[stream]]
    for writer in range(8):
        assert [e for e in events if e.note == str(writer)] == [ring(n, note=str(writer)) for n in range(rings_each)]  # type: ignore[attr-defined]  # only bells rang
    assert conflicts > 0, "The writers never met, so this proved nothing."


async def test_fifty_venues_at_once_are_each_gapless_and_whole(ledger: PostgresLedger) -> None:
    venues = [uuid4() for _ in range(50)]

    async def live(venue_id: UUID) -> None:
        for n in range(6):
            await ledger.append(an_append(venue_id, grows(uuid4(), 0, *[ring(n)] * (n % 3 + 1))))

    await asyncio.gather(*(live(venue_id) for venue_id in venues for _ in range(2)))
    for venue_id in venues:
        entries = await ledger.entries(venue_id)
        assert [entry.position for entry in entries] == list(range(1, 25))
        verification = await ledger.verify(venue_id)
        assert (verification.valid, verification.events) == (True, 24)


async def test_times_never_run_backwards_within_a_venue(
    ledger: PostgresLedger, database: Database, venue_id: UUID
) -> None:
    await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring())))
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute("update heads set recorded_at = '2100-01-01' where venue_id = %s", [venue_id])
    answer = await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring())))
    assert isinstance(answer, Appended)
    assert answer.recorded_at == datetime(2100, 1, 1, tzinfo=UTC)


class TestBookmarks:
    """A bookmark moves in the same transaction as the events, and only forward."""

    def move(self, database: Database, venue_id: UUID, position: int) -> str:
        draft = a_draft(venue_id, bookmark=("reader", position))
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            row = connection.execute(APPEND.encode(), draft.parameters()).fetchone()
        assert row is not None
        return str(row[0])

    def test_it_moves_forward_and_may_jump(self, database: Database, venue_id: UUID) -> None:
        assert [self.move(database, venue_id, position) for position in (1, 2, 17)] == ["ok", "ok", "ok"]

    @pytest.mark.parametrize("position", [5, 4, 0])
    async def test_it_neither_stays_nor_goes_back(
        self, ledger: PostgresLedger, database: Database, venue_id: UUID, position: int
    ) -> None:
        self.move(database, venue_id, 5)
        assert self.move(database, venue_id, position) == "conflict"
        assert await ledger.head(venue_id) == 1, "The event that came with it was not written either."


async def test_a_server_that_is_not_there_is_told_in_time(venue_id: UUID) -> None:
    limits = Limits(checkout_timeout_s=0.3, connections_min=1, connections_max=1)
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    async with PostgresLedger.open(nowhere, CODEC, limits) as ledger, asyncio.timeout(5):
        with pytest.raises(LedgerUnavailable) as caught:
            await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring())))
    assert not isinstance(caught.value, OutcomeUnknown), "It is certain that nothing happened."
