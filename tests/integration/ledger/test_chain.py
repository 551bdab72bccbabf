"""The chain is computed alike in SQL and in Python, and shows whatever was done to a history behind its back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from infrastructure.ledger.chain import GENESIS, encoding, link
from infrastructure.ledger.entry import Entry, Filters
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.ledger.verify import verify
from tests.integration.ledger.conftest import Database, an_append, grows, ring

LENGTH = 10
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone

ENTRIES = st.builds(
    Entry,
    position=st.integers(1, 2**63 - 1),
    stream=st.uuids(),
    version=st.integers(-1, 2**31 - 1),
    tag=TEXTS,
    recorded_at=TIMES,
    actor=TEXTS,
    request_id=TEXTS,
    caused_by=TEXTS,
    data=st.binary(max_size=3000),
    hash=st.just(b""),
)


@given(previous=st.binary(min_size=32, max_size=32), venue=st.uuids(), entry=ENTRIES)
@settings(deadline=None, max_examples=200)
def test_sql_and_python_agree(connection: psycopg.Connection[Any], previous: bytes, venue: UUID, entry: Entry) -> None:
    row = connection.execute(
        "select ledger_hash(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            previous,
            venue,
            entry.position,
            entry.stream,
            entry.version,
            entry.tag,
            entry.recorded_at,
            entry.actor,
            entry.request_id,
            entry.caused_by,
            entry.data,
        ],
    ).fetchone()
    assert row == (link(previous, venue, entry),)


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        yield connection


def test_the_encoding_is_what_the_documents_say() -> None:
    entry = Entry(
        position=7,
        stream=UUID(int=2),
        version=3,
        tag="bell.rung.v1",
        recorded_at=datetime(2000, 1, 1, 0, 0, 1, tzinfo=UTC),
        actor="é",
        request_id="",
        caused_by="",
        data=b"{}",
        hash=b"",
    )
    assert encoding(UUID(int=1), entry).hex(" ", 4) == bytes.fromhex(
        "00000010 00000000000000000000000000000001"
        "00000008 0000000000000007"
        "00000010 00000000000000000000000000000002"
        "00000004 00000003"
        "0000000c 62656c6c2e72756e672e7631"
        "00000008 00000000000f4240"
        "00000002 c3a9"
        "00000000"
        "00000000"
        "00000002 7b7d"
    ).hex(" ", 4)


@given(left=ENTRIES, right=ENTRIES, venue=st.uuids())
@settings(deadline=None)
def test_two_events_have_one_encoding_only_if_they_are_one(left: Entry, right: Entry, venue: UUID) -> None:
    assert (encoding(venue, left) == encoding(venue, right)) == (left == right)


async def a_history(ledger: PostgresLedger, venue_id: UUID) -> None:
    stream = uuid4()
    for n in range(LENGTH):
        await ledger.append(an_append(venue_id, grows(stream, n, ring(n))))


async def test_an_untouched_history_is_valid(ledger: PostgresLedger, venue_id: UUID) -> None:
    await a_history(ledger, venue_id)
    verification = await ledger.verify(venue_id)
    last = (await ledger.entries(venue_id))[-1]
    assert verification.valid
    assert (verification.events, verification.head, verification.first_bad_position) == (LENGTH, last.hash, None)


async def test_a_venue_without_a_history_is_valid(ledger: PostgresLedger, venue_id: UUID) -> None:
    verification = await ledger.verify(venue_id)
    assert (verification.valid, verification.events, verification.head) == (True, 0, GENESIS)


TAMPERINGS: dict[str, tuple[str, int]] = {
    "edited data": ("update events set data = '{}' where venue_id = %(v)s and position = 4", 4),
    "an edited tag": ("update events set tag = 'bell.broke.v1' where venue_id = %(v)s and position = 1", 1),
    "an edited actor": ("update events set actor = 'staff:x' where venue_id = %(v)s and position = 10", 10),
    "an edited cause": ("update events set caused_by = 'x' where venue_id = %(v)s and position = 5", 5),
    "an edited request": ("update events set request_id = '' where venue_id = %(v)s and position = 5", 5),
    "an edited stream": ("update events set stream = gen_random_uuid() where venue_id = %(v)s and position = 5", 5),
    "an edited version": ("update events set version = 99 where venue_id = %(v)s and position = 3", 3),
    "an edited time": (
        "update events set recorded_at = recorded_at - interval '1 us' where venue_id = %(v)s and position = 6",
        6,
    ),
    "an edited hash": ("update events set hash = sha256('') where venue_id = %(v)s and position = 6", 6),
    "a deleted event": ("delete from events where venue_id = %(v)s and position = 5", 5),
    "a deleted first event": ("delete from events where venue_id = %(v)s and position = 1", 1),
    "a cut tail": ("delete from events where venue_id = %(v)s and position > 7", 8),
    "everything deleted": ("delete from events where venue_id = %(v)s", 1),
    "a deleted head": ("delete from heads where venue_id = %(v)s", 1),
    "a head moved back": ("update heads set position = 8 where venue_id = %(v)s", 8),
    "a head with its hash moved back": (
        (
            "update heads set position = 8, hash = (select hash from events where venue_id = %(v)s and position = 8)"
            " where venue_id = %(v)s"
        ),
        9,
    ),
    "another head hash": ("update heads set hash = sha256('') where venue_id = %(v)s", 10),
    "two events swapped": (
        (
            "update events set position = 104 where venue_id = %(v)s and position = 4;"
            " update events set position = 4 where venue_id = %(v)s and position = 5;"
            " update events set position = 5 where venue_id = %(v)s and position = 104"
        ),
        4,
    ),
    "an event slipped in at the end": (
        (
            "insert into events select venue_id, 11, stream, 11, tag, recorded_at, actor, request_id, caused_by, data,"
            " hash from events where venue_id = %(v)s and position = 10"
        ),
        11,
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_tampering_shows_where_it_begins(
    ledger: PostgresLedger, database: Database, venue_id: UUID, what: str
) -> None:
    await a_history(ledger, venue_id)
    statements, first_bad = TAMPERINGS[what]
    tamper(database, venue_id, statements)
    verification = await ledger.verify(venue_id)
    assert (verification.valid, verification.first_bad_position) == (False, first_bad)


async def test_a_rehashed_event_breaks_the_link_after_it(
    ledger: PostgresLedger, database: Database, venue_id: UUID
) -> None:
    await a_history(ledger, venue_id)
    entries = await ledger.entries(venue_id)
    forged = replace(entries[3], data=b"{}")
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            "update events set data = %s, hash = %s where venue_id = %s and position = 4",
            [forged.data, link(entries[2].hash, venue_id, forged), venue_id],
        )
    assert (await ledger.verify(venue_id)).first_bad_position == 5


@pytest.mark.parametrize(
    ("start", "first_bad"), [(1, 4), (4, 4), (5, 5), (6, None), (10, None), (11, None), (50, None)]
)
async def test_verifying_may_start_anywhere_and_trusts_what_is_before(
    ledger: PostgresLedger, database: Database, venue_id: UUID, start: int, first_bad: int | None
) -> None:
    await a_history(ledger, venue_id)
    tamper(database, venue_id, "update events set hash = sha256('x') where venue_id = %(v)s and position = 4")
    verification = await ledger.verify(venue_id, start)
    assert (verification.valid, verification.first_bad_position) == (first_bad is None, first_bad)
    assert verification.events == LENGTH


async def test_a_ledger_that_grows_meanwhile_is_valid(ledger: PostgresLedger, venue_id: UUID) -> None:
    await a_history(ledger, venue_id)
    end = await ledger.end(venue_id)
    await ledger.append(an_append(venue_id, grows(uuid4(), 0, ring())))
    verification = await verify(venue_id, end, ledger.every_entry(venue_id))
    assert (verification.valid, verification.events) == (True, LENGTH)


async def test_entries_are_narrowed_down(ledger: PostgresLedger, venue_id: UUID) -> None:
    await a_history(ledger, venue_id)
    entries = await ledger.entries(venue_id)
    half = entries[5].recorded_at

    async def positions(filters: Filters, after: int = 0, limit: int = 100) -> list[int]:
        return [entry.position for entry in await ledger.entries(venue_id, after, limit, filters)]

    assert await positions(Filters(tag="bell.rung.v1"), after=8) == [9, 10]
    assert await positions(Filters(tag="bell.broke.v1")) == []
    assert await positions(Filters(stream=entries[0].stream), limit=2) == [1, 2]
    assert await positions(Filters(stream=uuid4())) == []
    assert await positions(Filters(actor="guest:one", since=half)) == [6, 7, 8, 9, 10]
    assert await positions(Filters(until=half, since=half - timedelta(days=1))) == [1, 2, 3, 4, 5]


def tamper(database: Database, venue_id: UUID, statements: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        for statement in statements.split(";"):
            connection.execute(statement.encode(), {"v": venue_id})
