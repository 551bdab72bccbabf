"""Migrations are applied once, in order, by one runner at a time, and never quietly disagree with the files."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from infrastructure.migrations import DatabaseDisagrees, ExtraStep, migrate
from infrastructure.migrations.runner import FOLDER, numbered_files
from tests.integration.ledger.conftest import Database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may spoil."""
    return copytree(FOLDER, tmp_path / "migrations", ignore=lambda _, names: [n for n in names if ".sql" not in n])


@pytest.fixture
def blank(empty_database: Database) -> Database:
    with psycopg.connect(empty_database.owner_dsn, autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    return empty_database


def tables(database: Database) -> set[str]:
    with psycopg.connect(database.owner_dsn) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'")
        return {name for (name,) in rows}


def run(database: Database, folder: Path = FOLDER, *, dry_run: bool = False) -> list[str]:
    return migrate(database.owner_dsn, app_role=database.app_role, folder=folder, dry_run=dry_run)


def test_a_fresh_database_gets_every_file_and_the_grants(blank: Database) -> None:
    done = run(blank)
    assert done == [f"applied {migration.name}" for migration in numbered_files(FOLDER)] + ["applied grants.sql"]
    assert {"heads", "streams", "events", "receipts", "bookmarks", "personal_keys", "snapshots"} <= tables(blank)


def test_migrating_again_only_repeats_the_grants(blank: Database) -> None:
    run(blank)
    assert run(blank) == ["applied grants.sql"]


def test_a_dry_run_tells_what_it_would_do_and_does_nothing(blank: Database) -> None:
    assert run(blank, dry_run=True)[0] == "would apply 0001_ledger.sql"
    assert tables(blank) == set()
    run(blank)
    assert run(blank, dry_run=True) == ["would apply grants.sql"]


def test_eight_runners_at_once_apply_everything_once(blank: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        done = [line for lines in threads.map(lambda _: run(blank), range(8)) for line in lines]
    assert done.count("applied 0001_ledger.sql") == 1
    assert done.count("applied grants.sql") == 8


def test_a_file_that_was_changed_afterwards_is_refused(blank: Database, folder: Path) -> None:
    run(blank, folder)
    with (folder / "0001_ledger.sql").open("a") as file:
        file.write("-- a second thought\n")
    with pytest.raises(DatabaseDisagrees, match=r"0001_ledger\.sql was changed after it was applied"):
        run(blank, folder)


def test_a_file_that_is_gone_is_refused(blank: Database, folder: Path) -> None:
    run(blank, folder)
    (folder / "0001_ledger.sql").unlink()
    with pytest.raises(DatabaseDisagrees, match=r"0001_ledger\.sql was applied .* not among the files"):
        run(blank, folder, dry_run=True)


def test_a_file_that_comes_too_late_is_refused(blank: Database, folder: Path) -> None:
    run(blank, folder)
    (folder / "0000_afterthought.sql").write_text("select 1")
    with pytest.raises(DatabaseDisagrees, match=r"0000_afterthought\.sql comes before"):
        run(blank, folder)


def test_two_files_with_one_number_are_refused(blank: Database, folder: Path) -> None:
    (folder / "0001_rival.sql").write_text("select 1")
    with pytest.raises(DatabaseDisagrees, match="same number"):
        run(blank, folder)


def test_a_file_that_fails_leaves_nothing_of_itself(blank: Database, folder: Path) -> None:
    (folder / "9999_broken.sql").write_text("create table half (); select 1 / 0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        run(blank, folder)
    assert "half" not in tables(blank)
    assert "events" in tables(blank)


def test_a_role_that_does_not_exist_is_named(blank: Database) -> None:
    with pytest.raises(DatabaseDisagrees, match="'nobody_at_all' does not exist"):
        migrate(blank.owner_dsn, app_role="nobody_at_all")


def test_an_extra_step_runs_every_time_after_the_files(blank: Database) -> None:
    def note(connection: Connection[Any], app_role: str) -> None:
        connection.execute("create table if not exists noted (role text)")
        connection.execute("insert into noted select %s from events having count(*) = 0", [app_role])

    for _ in range(2):
        done = migrate(blank.owner_dsn, app_role=blank.app_role, extra_steps=[ExtraStep(name="the notes", apply=note)])
        assert done[-1] == "applied the notes"
    with psycopg.connect(blank.owner_dsn) as connection:
        assert connection.execute("select role from noted").fetchall() == [(blank.app_role,)] * 2


def test_a_role_with_a_hostile_name_is_quoted(blank: Database) -> None:
    name = 'odd"; drop table events; --'
    with psycopg.connect(blank.admin_dsn, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("create role {}").format(psycopg.sql.Identifier(name)))
        try:
            migrate(blank.owner_dsn, app_role=name)
            assert "events" in tables(blank)
        finally:
            connection.execute(psycopg.sql.SQL("drop owned by {0}; drop role {0}").format(psycopg.sql.Identifier(name)))


@pytest.mark.parametrize("table", ["events"])
@pytest.mark.parametrize("what", ["update {} set tag = 'x'", "delete from {}", "truncate {}"])
def test_the_application_may_not_change_what_happened(blank: Database, table: str, what: str) -> None:
    run(blank)
    with psycopg.connect(blank.dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(what.format(table).encode())


def test_a_right_that_was_given_by_hand_is_taken_back(blank: Database) -> None:
    run(blank)
    with psycopg.connect(blank.owner_dsn) as connection:
        connection.execute(f"grant update, delete, truncate on events to {blank.app_role}".encode())
    run(blank)
    with psycopg.connect(blank.dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("delete from events")
