"""A database with every recorded ledger in it, byte for byte, and a story played live, whose notes can be read."""

from collections.abc import Iterator
from os import getpid
from secrets import token_hex
from uuid import UUID

import psycopg
import pytest

from infrastructure.migrations import migrate
from infrastructure.postgres import Server
from tests.fixtures.venue import TestVenue
from tests.replay import stories
from tests.replay.record import STORIES, staged
from tests.replay.recording import known_ending, recorded_ledger

EVENT = """
    insert into events (venue_id, position, stream, version, tag, recorded_at, actor, request_id, caused_by, data, hash)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
HEAD = "insert into heads (venue_id, position, hash, recorded_at) values (%s, %s, %s, %s)"
STREAMS = """
    insert into streams (venue_id, stream, version)
    select venue_id, stream, max(version) from events where venue_id = %s group by venue_id, stream"""


@pytest.fixture(scope="module")
def shelf(server: Server) -> Iterator[Server]:
    """Nobody else's database, as the house's own ledger is among the recorded ones."""
    name = f"replay_{getpid()}_{token_hex(4)}"
    database = server.create_database(name)
    migrate(database.dsn, app_role=database.app_role)
    with psycopg.connect(database.dsn) as connection:
        for story in STORIES:
            _put_back(connection, story)
    yield database
    server.drop_database(name)


@pytest.fixture(scope="module")
async def live(shelf: Server) -> str:
    """A venue whose guests' keys are still there: two dishes with notes, paid and served."""
    async with staged(shelf.app_dsn) as (stage, _):
        await stories.paid_and_served(stage, "played-live")
    return "played-live"


@pytest.fixture(scope="module")
async def two_days(shelf: Server) -> tuple[str, UUID, UUID]:
    """A venue with an order #1 on each of two days."""
    async with staged(shelf.app_dsn) as (stage, _):
        venue = await TestVenue(stage.house, "two-days").open()
        first = await (await venue.guest()).ordered()
        stage.clock.forward(86_400)
        second = await (await venue.guest()).ordered(2)
    return "two-days", first, second


def _put_back(connection: psycopg.Connection, story: str) -> None:
    venue_id, entries = known_ending(story).venue_id, recorded_ledger(story)
    with connection.cursor() as cursor:
        cursor.executemany(
            EVENT,
            [
                (
                    venue_id,
                    entry.position,
                    entry.stream,
                    entry.version,
                    entry.tag,
                    entry.recorded_at,
                    entry.actor,
                    entry.request_id,
                    entry.caused_by,
                    entry.data,
                    entry.hash,
                )
                for entry in entries
            ],
        )
        last = entries[-1]
        cursor.execute(HEAD, (venue_id, last.position, last.hash, last.recorded_at))
        cursor.execute(STREAMS, (venue_id,))
