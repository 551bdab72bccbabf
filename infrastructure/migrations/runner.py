"""Bring a database up to date: one runner at a time, each file in a transaction of its own, nothing applied twice.

The checksum of every applied file is kept in the table `migrations`, so that a file which was changed or removed
afterwards is refused instead of leaving two databases that only look alike.
"""

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from psycopg import Connection
from psycopg.sql import Identifier

FOLDER: Final = Path(__file__).parent
GRANTS: Final = "grants.sql"
LOCK: Final = 0x636F6D616E6461
"""The advisory lock that runners take: "comanda" in ASCII."""

FILE_NAME: Final = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")


class DatabaseDisagrees(Exception):
    """What was applied is not what the files say. The message names the file and the remedy."""


class ExtraStep(Struct, frozen=True, kw_only=True):
    """Something to bring up to date after the files and the grants, such as the projections' schemas.

    `apply` runs at every migration, in a transaction of its own; what is already so it leaves alone. It grants the
    application's role (its second argument, a plain name) what that needs.
    """

    name: str
    apply: Callable[[Connection[Any], str], None]


class Migration(Struct, frozen=True, kw_only=True):
    """One numbered file."""

    number: int
    name: str
    sql: bytes

    @property
    def checksum(self) -> bytes:
        """The SHA-256 of the file's bytes."""
        return sha256(self.sql).digest()


def migrate(
    dsn: str,
    *,
    app_role: str,
    dry_run: bool = False,
    extra_steps: Sequence[ExtraStep] = (),
    folder: Path = FOLDER,
    lock_timeout_s: float = 60.0,
) -> list[str]:
    """Apply what is missing and the grants; return what was done (or, in a dry run, would be), a line each.

    `dsn` logs in as the role that is to own the tables; `app_role` names the role that the application logs in as,
    which must exist. Raises DatabaseDisagrees, and psycopg's errors where a statement fails (its file is then undone).
    """
    migrations = numbered_files(folder)
    with Connection.connect(dsn, autocommit=True, connect_timeout=10) as connection:
        _require_role(connection, app_role)
        if dry_run:
            # Without the lock: a dry run only looks, and may well look while another runner is at work.
            names = [migration.name for migration in _missing(migrations, _applied(connection))]
            return [f"would apply {name}" for name in (*names, GRANTS, *(step.name for step in extra_steps))]
        connection.execute("select set_config('lock_timeout', %s, false)", [f"{int(lock_timeout_s * 1000)}ms"])
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        return [
            *_apply_files(connection, migrations),
            _apply_grants(connection, folder, app_role),
            *(_apply_step(connection, step, app_role) for step in extra_steps),
        ]


def numbered_files(folder: Path) -> list[Migration]:
    """The folder's migrations by number. Raises DatabaseDisagrees for a misnamed file or a number used twice."""
    migrations: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        if path.name == GRANTS:
            continue
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise DatabaseDisagrees(f"{path.name} is not named like 0001_what.sql; rename it.")
        number = int(match["number"])
        if number in migrations:
            raise DatabaseDisagrees(f"{path.name} and {migrations[number].name} have the same number; renumber one.")
        migrations[number] = Migration(number=number, name=path.name, sql=path.read_bytes())
    return [migrations[number] for number in sorted(migrations)]


def _require_role(connection: Connection[Any], app_role: str) -> None:
    if connection.execute("select from pg_roles where rolname = %s", [app_role]).fetchone() is None:
        raise DatabaseDisagrees(f"The application's role {app_role!r} does not exist; create it, then migrate again.")


def _applied(connection: Connection[Any]) -> dict[int, tuple[str, bytes]]:
    """What the database says was applied: number → (name, checksum). Empty where nothing ever was."""
    found = connection.execute("select to_regclass('public.migrations') is not null").fetchone()
    if found is None or not found[0]:
        return {}
    rows = connection.execute("select number, name, checksum from public.migrations order by number")
    return {number: (name, checksum) for number, name, checksum in rows}


def _missing(migrations: Sequence[Migration], applied: dict[int, tuple[str, bytes]]) -> list[Migration]:
    """What is still to be applied, once it is certain that what was applied is what the files say."""
    by_number = {migration.number: migration for migration in migrations}
    for number, (name, checksum) in applied.items():
        migration = by_number.get(number)
        if migration is None or migration.name != name:
            raise DatabaseDisagrees(
                f"{name} was applied to this database but is not among the files; this program is older than the "
                "database, or the file was removed or renamed. Run the version that has it."
            )
        if migration.checksum != checksum:
            raise DatabaseDisagrees(
                f"{name} was changed after it was applied to this database. Put the old text back and write the "
                "change as a new file with the next number."
            )
    last = max(applied, default=0)
    missing = [migration for migration in migrations if migration.number not in applied]
    if missing and missing[0].number < last:
        raise DatabaseDisagrees(
            f"{missing[0].name} comes before {applied[last][0]}, which was already applied; give it the next number."
        )
    return missing


def _apply_files(connection: Connection[Any], migrations: Sequence[Migration]) -> list[str]:
    connection.execute(
        "create table if not exists public.migrations (number integer primary key, name text not null,"
        " checksum bytea not null, applied_at timestamptz not null default clock_timestamp())"
    )
    missing = _missing(migrations, _applied(connection))
    for migration in missing:
        with connection.transaction():
            connection.execute("set local search_path = public, pg_temp")
            connection.execute(migration.sql)
            connection.execute(
                "insert into public.migrations (number, name, checksum) values (%s, %s, %s)",
                [migration.number, migration.name, migration.checksum],
            )
    return [f"applied {migration.name}" for migration in missing]


def _apply_grants(connection: Connection[Any], folder: Path, app_role: str) -> str:
    """Apply grants.sql, in which `:"app_role"` stands for the role's name (as psql would have it)."""
    name = Identifier(app_role).as_bytes(connection)
    with connection.transaction():
        connection.execute("set local search_path = public, pg_temp")
        connection.execute((folder / GRANTS).read_bytes().replace(b':"app_role"', name))
    return f"applied {GRANTS}"


def _apply_step(connection: Connection[Any], step: ExtraStep, app_role: str) -> str:
    with connection.transaction():
        step.apply(connection, app_role)
    return f"applied {step.name}"
