"""One data directory: made, configured, logged in to, and cleared of what a killed server left behind."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from infrastructure.postgres import reaper
from infrastructure.postgres.binaries import programs_for
from infrastructure.postgres.instance import ADMIN_ROLE, DATABASE, Instance, instance_at
from infrastructure.postgres.places import Place
from infrastructure.postgres.server import APP_ROLE, CONNECT_TIMEOUT_S, OWNER_ROLE, PostgresUnavailable

INITDB_TIMEOUT_S = 120
BACKENDS_TIMEOUT_S = 5.0
PROBE_TIMEOUT_S = 2
LAST_WORDS_LINES = 12


def programs(place: Place) -> Path:
    """The folder of the programs that may open this data directory."""
    folder = programs_for(place.account, place.home)
    with contextlib.suppress(FileNotFoundError):
        written_by = (place.data / "PG_VERSION").read_text().strip()
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        if f" {written_by}." not in told:
            raise PostgresUnavailable(
                f"The data were written by PostgreSQL {written_by}, but this is {told.strip()}. "
                "make demo-reset forgets them and begins anew."
            )
    return folder


def create(place: Place, instance: Instance, programs: Path) -> None:
    """Make the data directory if there is none; one that is there was made completely."""
    if place.data.exists():
        return
    unfinished = place.home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password = place.home / "password"
    password.touch(mode=0o600)
    password.write_text(instance.admin_password)
    place.give(unfinished)
    place.give(password)
    command = [
        str(programs / "initdb"),
        f"--pgdata={unfinished}",
        f"--username={ADMIN_ROLE}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-locale",
        "--no-instructions",
        "--data-checksums",
    ]
    account = place.account
    try:
        made = subprocess.run(  # noqa: S603 - our own command.
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=INITDB_TIMEOUT_S,
            cwd="/",
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        password.unlink()
    if made.returncode != 0:
        raise PostgresUnavailable(f"initdb failed:\n{made.stdout}{made.stderr}")
    with (unfinished / "postgresql.conf").open("a") as file:
        file.write("include 'comanda.conf'\n")
    unfinished.rename(place.data)


def configure(place: Place, instance: Instance, *, durable: bool) -> None:
    """Write the options of this start; the file they are in is included last, so they win."""
    options = {
        "listen_addresses": "127.0.0.1",
        "port": instance.port,
        "unix_socket_directories": instance.socket_folder,
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": 200,
        "shared_buffers": "128MB",
        "jit": "off",
        # Statements and the details of an error hold what guests and staff wrote.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
    }
    lines = [f"{name} = '{str(value).replace(chr(39), chr(39) * 2)}'\n" for name, value in options.items()]
    path = place.data / "comanda.conf"
    path.write_text("".join(lines))
    path.chmod(0o600)
    place.give(path)


def answers(place: Place, instance: Instance) -> bool:
    """Whether our log-in works, and what it leads to is the server of this very data directory."""
    if not instance.port:
        return False
    try:
        with psycopg.connect(instance.admin_dsn("postgres"), connect_timeout=PROBE_TIMEOUT_S) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).exists() and Path(row[0]).samefile(place.data)


def ensure_roles(instance: Instance) -> None:
    """The database, its owner and the application's role, with the passwords that are remembered."""
    with psycopg.connect(
        instance.admin_dsn("postgres"), autocommit=True, connect_timeout=CONNECT_TIMEOUT_S
    ) as connection:
        there = {row[0] for row in connection.execute("select rolname from pg_roles")}
        for role, password, rights in (
            (OWNER_ROLE, instance.owner_password, "login createdb"),
            (APP_ROLE, instance.app_password, "login"),
        ):
            if role not in there:
                create_role = sql.SQL("create role {} " + rights + " password {}")
                connection.execute(create_role.format(sql.Identifier(role), sql.Literal(password)))
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            create_database = sql.SQL("create database {} owner {}")
            connection.execute(create_database.format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))


def role_of(url: str) -> str:
    """The role that a connection string logs in as. Raises `PostgresUnavailable` where it is none."""
    try:
        user = conninfo_to_dict(url).get("user")
    except psycopg.ProgrammingError:
        # The string holds a password and libpq's complaint repeats the string, so the complaint goes no further.
        raise PostgresUnavailable("DATABASE_URL is not like postgresql://user:password@host:port/database.") from None
    return str(user or os.environ.get("PGUSER") or os.environ.get("USER") or "postgres")


def postmaster(place: Place) -> tuple[int, str] | None:
    """The living postmaster of this data directory, as (pid, birth): named by its pid file, but verified."""
    try:
        pid = int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    born = reaper.birth(pid)
    return None if born is None or not _works_in(pid, place.data) else (pid, born)


def clear_leftovers(place: Place) -> None:
    """End what a killed server left: a postmaster that takes no log-in, back ends without one, a stale pid file."""
    found = postmaster(place)
    if found is not None:
        reaper.stop(*found)
    deadline = time.monotonic() + BACKENDS_TIMEOUT_S
    while (orphans := _processes_in(place.data)) and time.monotonic() < deadline:
        # They end by themselves when they next look up from their work; PostgreSQL will not start beside them.
        time.sleep(0.05)
    for pid in orphans:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    # The pid in these may be another program's by now, or a zombie's, and PostgreSQL would not start for its sake.
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    for stale in Path(instance_at(place).socket_folder).glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)


def last_words(place: Place) -> str:
    try:
        return "\n".join(place.log.read_text(errors="replace").splitlines()[-LAST_WORDS_LINES:])
    except OSError:
        return "(there is none)"


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process is a PostgreSQL whose working directory is `folder`: every server process moves there."""
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").samefile(folder) and "postgres" in Path(f"/proc/{pid}/comm").read_text()
        except OSError:
            return False
    told = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return f"-D {folder}" in told.stdout


def _processes_in(folder: Path) -> list[int]:
    """Living server processes of the data directory; where there is no /proc to ask, PostgreSQL's own check must do."""
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if _works_in(pid, folder) and reaper.birth(pid) is not None]
