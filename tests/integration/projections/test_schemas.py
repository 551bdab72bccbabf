"""Versions of a read model: built side by side, and readers see one or the other."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from domain.shared.ids import venue_id_of, venue_stream
from domain.venue.events import VenueOpened
from domain.venue.settings import Settings
from infrastructure.ledger.pool import Pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.migrations import migrate
from infrastructure.projecting.engine import Engine
from infrastructure.projecting.schemas import prepare, projection_schemas, switch
from projections.bookmarks import wait_until
from projections.menu import MENU
from tests.integration.projections.conftest import Database, put


def test_migrating_again_leaves_read_models_alone(database: Database) -> None:
    def rooms() -> list[tuple[int, str]]:
        query = "select oid::int, relname from pg_class where relname ~ '^(menu|order_list|kitchen_board|unsettled)_'"
        with psycopg.connect(database.owner_dsn) as connection:
            return connection.execute(query).fetchall()

    before = rooms()
    migrate(database.owner_dsn, app_role=database.app_role, extra_steps=[projection_schemas()])
    assert rooms() == before != []


async def test_a_new_version_is_seen_only_once_it_was_built_and_switched_to(
    database: Database, pool: Pool, ledger: PostgresLedger, engine_of: Callable[..., Engine]
) -> None:
    slug = f"venue-{uuid4().hex}"
    venue_id, newer = venue_id_of(slug), replace(MENU, version=2)
    opened = VenueOpened(slug=slug, settings=Settings(name="Conch House", currency="BSD"))
    await put(ledger, venue_id, [(venue_stream(venue_id), (opened,))], {})
    with psycopg.connect(database.owner_dsn) as connection:
        prepare(connection, database.app_role, [newer])
    await engine_of([newer]).catch_up(venue_id)
    assert await wait_until(pool, "menu", venue_id, 1, timeout_s=0) == 0, "readers still see the old one"

    with psycopg.connect(database.owner_dsn) as connection:
        switch(connection, newer, database.app_role)
    assert await wait_until(pool, "menu", venue_id, 1, timeout_s=0) == 1
    with psycopg.connect(database.owner_dsn) as connection:
        switch(connection, MENU, database.app_role)
    assert await wait_until(pool, "menu", venue_id, 1, timeout_s=0) == 0


@pytest.mark.parametrize(
    "statement",
    ["drop table menu_v1.menus", "truncate menu_v1.menus", "create table menu_v1.other ()", "delete from menu_menus"],
)
async def test_the_application_may_keep_rows_and_no_more(pool: Pool, statement: str) -> None:
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(statement.encode())
