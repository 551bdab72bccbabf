"""`comanda doctor`: what is set, what is there, and what is wrong with it."""

import argparse
import asyncio
import http.client
import platform
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import psycopg
from msgspec.structs import fields

from cli import demo_home
from cli.environment import environment_or_demo
from cli.errors import CommandFailed, Commands
from cli.migrate import migrated
from infrastructure.postgres import PostgresUnavailable
from infrastructure.postgres.binaries import OLDEST_MAJOR, programs_for
from infrastructure.settings import SECRETS, Settings, SettingsAreWrong, meaning, settings_from, variable

TIMEOUT_S = 3
OK = 200
# What the application must not be able to do, whatever is done to it: change history, or own what guards it.
CAN_REWRITE = """
    select coalesce(has_table_privilege(current_user, to_regclass('events'), 'update, delete, truncate'), false),
           coalesce(pg_has_role(current_user, relowner, 'usage'), false)
      from (select to_regclass('events') as events) as name left join pg_class on pg_class.oid = events
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="say what is set, and what is wrong",
        description="List every setting with its variable, then look at Python, PostgreSQL, the database and the "
        "gateway. Nothing is changed, and no secret is shown. The exit status is 1 if something is wrong.",
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    environment = environment_or_demo()
    print("Settings (what is in parentheses is the default)")
    for field in fields(Settings):
        name = variable(field.name)
        value = environment.get(name)
        if value is None:
            state = "unset" if field.required or field.default == "" else f"({field.default})"
        else:
            state = "set" if field.name in SECRETS else value
        print(f"  {name:<39} {state:<24} {meaning(field.name)}")
    known = {variable(field.name) for field in fields(Settings)}
    print("\nFindings")
    wrong = False
    for fine, finding in _findings(environment, known):
        wrong = wrong or not fine
        print(f"  {'ok   ' if fine else 'WRONG'}  {finding}")
    return 1 if wrong else 0


def _findings(environment: Mapping[str, str], known: set[str]) -> Iterator[tuple[bool, str]]:
    yield True, f"Python {platform.python_version()}"
    for name in sorted(environment):
        if name.startswith("COMANDA_") and name not in known:
            yield False, f"{name} is no setting; is it misspelt?"
    yield _programs()
    try:
        settings = settings_from(environment)
    except SettingsAreWrong as wrong:
        yield from ((False, line) for line in str(wrong).splitlines())
        return
    yield from _database(settings)
    yield _gateway(settings)


def _programs() -> tuple[bool, str]:
    try:
        return True, f"PostgreSQL's programs: {programs_for(None, demo_home.database(demo_home.HOME))}"
    except PostgresUnavailable as unavailable:
        return False, str(unavailable)


def _database(settings: Settings) -> Iterator[tuple[bool, str]]:
    try:
        with psycopg.connect(settings.database_url, connect_timeout=TIMEOUT_S) as connection:
            version = connection.info.server_version // 10_000
            yield version >= OLDEST_MAJOR, f"The database is PostgreSQL {version}; {OLDEST_MAJOR} or newer will do"
            row = connection.execute(CAN_REWRITE).fetchone()
    except psycopg.OperationalError as away:
        yield False, f"DATABASE_URL cannot be reached: {away}"
        return
    rewrites, owns = row or (False, False)
    yield (
        not (rewrites or owns),
        (
            "The application's role can rewrite history: log in as a role that owns no tables, and name the owner in "
            "COMANDA_MIGRATE_URL"
            if rewrites or owns
            else "The application's role can only add to history"
        ),
    )
    yield _up_to_date(settings)


def _up_to_date(settings: Settings) -> tuple[bool, str]:
    try:
        # For what it refuses; what it would do includes the grants, and they are done every time.
        migrated(settings, dry_run=True)
        pending = asyncio.run(_pending(settings))
    except CommandFailed as failed:
        return False, str(failed)
    except psycopg.Error as refused:
        return False, f"What was migrated cannot be seen by the application's role (comanda migrate): {refused}"
    if pending:
        return False, f"To be migrated (comanda migrate): {', '.join(pending)}"
    return True, "The database is up to date"


async def _pending(settings: Settings) -> list[str]:
    from infrastructure.migrations.pending import pending_migrations

    async with await psycopg.AsyncConnection.connect(
        settings.database_url, autocommit=True, connect_timeout=TIMEOUT_S
    ) as connection:
        return await pending_migrations(connection)


def _gateway(settings: Settings) -> tuple[bool, str]:
    where = urlsplit(settings.gateway_url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/api/alive")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as away:
        return False, f"The gateway {settings.gateway_url} does not answer: {away}"
    finally:
        connection.close()
    return status == OK, f"The gateway {settings.gateway_url} answers {status}"
