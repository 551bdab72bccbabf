"""Everybody's key: what it seals only it opens, and destroying it forgets."""

from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ports import LedgerUnavailable
from infrastructure.keyring import CACHE_TTL_S, PostgresKeyring
from infrastructure.ledger.pool import Pool, open_pool
from tests.integration.ledger.cuttable_line import Mode, cuttable_line
from tests.integration.projections.conftest import LIMITS, Database


class Watch:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.time_s = 0.0

    def __call__(self) -> float:
        return self.time_s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def keyring(pool: Pool, watch: Watch) -> PostgresKeyring:
    return PostgresKeyring(pool, LIMITS, cache_max=3, clock_s=watch)


@pytest.fixture
async def subject(keyring: PostgresKeyring, venue_id: UUID) -> UUID:
    subject = uuid4()
    await keyring.create(venue_id, subject)
    return subject


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(text=st.text(max_size=200))
async def test_what_was_sealed_is_unsealed_exactly(
    keyring: PostgresKeyring, venue_id: UUID, subject: UUID, text: str
) -> None:
    sealed = await keyring.seal(venue_id, subject, text)
    assert await keyring.unseal(venue_id, [sealed]) == [text]


async def test_a_box_tells_nothing_and_never_looks_the_same(
    keyring: PostgresKeyring, venue_id: UUID, subject: UUID
) -> None:
    one, other = [await keyring.seal(venue_id, subject, "no peanuts, please") for _ in range(2)]
    assert b"peanuts" not in one.box
    assert one.box != other.box


async def test_making_a_key_again_keeps_the_first(
    pool: Pool, keyring: PostgresKeyring, venue_id: UUID, subject: UUID
) -> None:
    sealed = await keyring.seal(venue_id, subject, "note")
    await keyring.create(venue_id, subject)
    assert await PostgresKeyring(pool, LIMITS).unseal(venue_id, [sealed]) == ["note"]


async def test_many_boxes_of_many_people_come_back_in_order(keyring: PostgresKeyring, venue_id: UUID) -> None:
    people = [uuid4() for _ in range(6)]  # more than the cache holds
    for person in people:
        await keyring.create(venue_id, person)
    boxes = [await keyring.seal(venue_id, person, str(person)) for person in people for _ in range(2)]
    assert await keyring.unseal(venue_id, boxes) == [str(person) for person in people for _ in range(2)]
    assert await keyring.unseal(venue_id, []) == []


async def test_who_has_no_key_cannot_be_sealed_for(keyring: PostgresKeyring, venue_id: UUID) -> None:
    with pytest.raises(KeyError):
        await keyring.seal(venue_id, uuid4(), "note")


async def test_a_destroyed_key_is_forgotten_everywhere_within_seconds(
    keyring: PostgresKeyring, watch: Watch, database: Database, venue_id: UUID, subject: UUID
) -> None:
    sealed = await keyring.seal(venue_id, subject, "note")
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute("delete from personal_keys where subject = %s", (subject,))
    watch.time_s += CACHE_TTL_S
    assert await keyring.unseal(venue_id, [sealed]) == [None]
    with pytest.raises(KeyError):
        await keyring.seal(venue_id, subject, "note")


async def test_a_box_opens_neither_for_another_person_nor_in_another_venue(
    keyring: PostgresKeyring, database: Database, venue_id: UUID, subject: UUID
) -> None:
    sealed = await keyring.seal(venue_id, subject, "note")
    other_person, other_venue = uuid4(), uuid4()
    with psycopg.connect(database.owner_dsn) as connection:  # somebody who can write copies the very key
        copy = (
            "insert into personal_keys (venue_id, subject, key)"
            " select %s, %s, key from personal_keys where venue_id = %s and subject = %s"
        )
        connection.execute(copy, (venue_id, other_person, venue_id, subject))
        connection.execute(copy, (other_venue, subject, venue_id, subject))
    moved = type(sealed)(subject=other_person, box=sealed.box)
    assert await keyring.unseal(venue_id, [moved]) == [None]
    assert await keyring.unseal(other_venue, [sealed]) == [None]


async def test_a_box_that_was_touched_does_not_open_and_spoils_no_other(
    keyring: PostgresKeyring, venue_id: UUID, subject: UUID
) -> None:
    sealed = await keyring.seal(venue_id, subject, "note")
    touched = type(sealed)(subject=subject, box=sealed.box[:-1] + bytes([sealed.box[-1] ^ 1]))
    empty = type(sealed)(subject=subject, box=b"")
    assert await keyring.unseal(venue_id, [touched, sealed, empty]) == [None, "note", None]


@pytest.mark.parametrize("mode", [Mode.LOSE_REQUEST, Mode.LOSE_ANSWER])
async def test_a_connection_lost_while_fetching_a_key_means_not_now(
    database: Database, venue_id: UUID, subject: UUID, mode: Mode
) -> None:
    async with cuttable_line(database.dsn) as (line, dsn), open_pool(dsn, LIMITS) as pool:
        await pool.wait()
        keyring = PostgresKeyring(pool, LIMITS)
        line.mode = mode
        with pytest.raises(LedgerUnavailable):
            await keyring.seal(venue_id, subject, "no peanuts")
        sealed = await keyring.seal(venue_id, subject, "no peanuts")
        assert await keyring.unseal(venue_id, [sealed]) == ["no peanuts"]


@pytest.mark.parametrize("mode", [Mode.LOSE_REQUEST, Mode.LOSE_ANSWER])
async def test_a_connection_lost_while_making_a_key_means_not_now(
    database: Database, venue_id: UUID, mode: Mode
) -> None:
    subject = uuid4()
    async with cuttable_line(database.dsn) as (line, dsn), open_pool(dsn, LIMITS) as pool:
        await pool.wait()
        keyring = PostgresKeyring(pool, LIMITS)
        line.mode = mode
        with pytest.raises(LedgerUnavailable):
            await keyring.create(venue_id, subject)
        await keyring.create(venue_id, subject)
        assert await keyring.unseal(venue_id, [await keyring.seal(venue_id, subject, "ok")]) == ["ok"]
