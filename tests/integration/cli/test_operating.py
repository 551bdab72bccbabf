"""`comanda doctor`, `migrate` and `projections`, as whoever keeps a Comanda running types them."""

from asyncio import to_thread
from collections.abc import Callable, Iterator
from secrets import token_hex

import psycopg
import pytest
from psycopg import Connection

from application.handlers import answer
from application.requests import OpenVenue, Request
from cli.main import main
from domain.shared.ids import venue_id_of
from domain.venue.settings import Settings as VenueSettings
from infrastructure.furnishing import furnished
from infrastructure.postgres import Server
from infrastructure.settings import Settings, settings_from
from tests.fixtures.served import Simulator

Typed = Callable[..., str]
AGAIN_AND_AGAIN = ["would apply grants.sql", "would apply the projections' schemas"]


@pytest.fixture
def blank(server: Server) -> Iterator[Server]:
    """A database in which nothing was migrated yet."""
    name = f"comanda_cli_{token_hex(4)}"
    yield server.create_database(name)
    server.drop_database(name)


@pytest.fixture
def comanda(
    blank: Server, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Type a command; what it printed, or what it complained of. Where a loop runs already it wants a thread."""
    monkeypatch.setenv("DATABASE_URL", blank.app_dsn)
    monkeypatch.setenv("COMANDA_MIGRATE_URL", blank.dsn)
    monkeypatch.setenv("COMANDA_JWT_SECRET", "s" * 32)
    monkeypatch.setenv("COMANDA_GATEWAY_URL", simulator.url)

    def typed(*arguments: str, status: int = 0) -> str:
        found = main(arguments)
        printed = capsys.readouterr()
        assert found == status, printed.out + printed.err
        return printed.out + printed.err

    return typed


@pytest.fixture
def owner(blank: Server, comanda: Typed) -> Iterator[Connection]:
    """The migrated database, by its owner's hand."""
    comanda("migrate")
    with psycopg.connect(blank.dsn, autocommit=True) as connection:
        yield connection


async def opened(settings: Settings, slug: str) -> None:
    """A venue is there, and no worker has looked at it."""
    wish = OpenVenue(slug=slug, settings=VenueSettings(name=slug, currency="BSD", timezone="UTC"))
    async with furnished(settings) as furniture:
        request = Request(venue_id=venue_id_of(slug), actor="staff:somebody", request_id="r", wish=wish)
        assert (await answer(furniture.house, request)).status == 201


async def test_doctor_names_what_is_to_be_migrated_and_nothing_once_it_was(comanda: Typed) -> None:
    # In a thread, for the simulator answers in this one.
    told = await to_thread(comanda, "doctor", status=1)
    assert "To be migrated (comanda migrate): 0001_ledger.sql, " in told
    assert "kitchen_board_v1" in told
    await to_thread(comanda, "migrate")
    told = await to_thread(comanda, "doctor")
    assert "The database is up to date" in told
    assert "WRONG" not in told


def test_doctor_says_that_an_applied_file_was_changed(comanda: Typed, owner: Connection) -> None:
    owner.execute("update migrations set checksum = 'another' where number = 1")
    assert "0001_ledger.sql was changed after it was applied" in comanda("doctor", status=1)


def test_a_dry_run_says_once_what_would_be_done(comanda: Typed) -> None:
    told = comanda("migrate", "--dry-run").splitlines()
    assert told[0] == "would apply 0001_ledger.sql"
    assert told[-2:] == AGAIN_AND_AGAIN
    assert [line for line in told if "would would" in line] == []
    comanda("migrate")
    assert comanda("migrate", "--dry-run").splitlines() == AGAIN_AND_AGAIN


async def test_projections_tell_who_is_behind_and_who_is_parked_and_a_parked_one_is_resumed(
    comanda: Typed, owner: Connection
) -> None:
    assert await to_thread(comanda, "projections", "status") == "Every read model has seen everything.\n"
    await opened(settings_from(), "conch-house")
    # The commands run a loop of their own, which this test's must not notice.
    told = (await to_thread(comanda, "projections", "status")).splitlines()
    assert "behind  menu_v1 of conch-house: 1 of 1 events to go" in told
    venue_id = venue_id_of("conch-house")
    owner.execute(
        "insert into bookmarks (venue_id, name, position, parked_position, parked_at, parked_reason)"
        " values (%s, 'kitchen_board_v1', 0, 1, '2026-03-14T20:15Z', 'KeyError')",
        (venue_id,),
    )
    told = (await to_thread(comanda, "projections", "status", status=1)).splitlines()
    assert told[0] == "PARKED  kitchen_board_v1 of conch-house before position 1 since 2026-03-14 20:15 UTC: KeyError"
    assert await to_thread(comanda, "projections", "resume", "kitchen_board", "--venue", "conch-house") == (
        "kitchen_board_v1 of conch-house goes on with the event that parked it, as soon as a worker looks.\n"
    )
    assert "PARKED" not in await to_thread(comanda, "projections", "status")


def test_resuming_what_is_not_parked_or_does_not_exist_says_so(comanda: Typed, owner: Connection) -> None:
    told = comanda("projections", "resume", "menu_v1", "--venue", "conch-house", status=1)
    assert told == "comanda: menu_v1 of 'conch-house' is not parked.\n"
    told = comanda("projections", "resume", "men", "--venue", "conch-house", status=1)
    assert told == "comanda: there is no read model 'men', only menu, kitchen_board, order_list, unsettled.\n"


def test_projections_without_a_database_say_what_is_missing(comanda: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "comanda migrate" in comanda("projections", "status", status=1)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert "cannot be reached" in comanda("projections", "status", status=1)
