"""A server that is there to be used: how to log in to it, in three roles, and how to get a database of one's own."""

from pathlib import Path
from typing import Self

import psycopg
from msgspec import Struct
from msgspec.structs import replace
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infrastructure.postgres import locks

CONNECT_TIMEOUT_S = 10
OWNER_ROLE = "comanda_owner"
APP_ROLE = "comanda_app"


class PostgresUnavailable(Exception):
    """There is no PostgreSQL to be had; the message says why and what to do."""


class Server(Struct, frozen=True, kw_only=True):
    """Log-ins as connection strings, which hold passwords: never log them.

    `dsn` owns the database and migrates it; `app_dsn` is the application's, with no more than it was granted;
    `admin_dsn` is the superuser's. Where DATABASE_URL was given the first and the last are the migrator's.
    """

    dsn: str
    app_dsn: str
    admin_dsn: str
    app_role: str
    reaper_lock: Path | None = None

    def __repr__(self) -> str:
        return f"Server(app_role={self.app_role!r})"

    def alive(self) -> bool:
        """Whether the server that was started for us still is; one that was given is not watched."""
        return self.reaper_lock is None or not locks.is_free(self.reaper_lock)

    def create_database(self, name: str) -> Self:
        """An empty database, with the same roles; one of that name is dropped first."""
        self.drop_database(name)
        owner = conninfo_to_dict(self.dsn).get("user")
        statement = sql.SQL("create database {} owner {}") if owner else sql.SQL("create database {}")
        names = [sql.Identifier(name), *([sql.Identifier(str(owner))] if owner else [])]
        self._administer(statement.format(*names))
        return replace(
            self,
            dsn=make_conninfo(self.dsn, dbname=name),
            app_dsn=make_conninfo(self.app_dsn, dbname=name),
            admin_dsn=make_conninfo(self.admin_dsn, dbname=name),
        )

    def drop_database(self, name: str) -> None:
        """Drop the database if it is there, whoever is connected to it."""
        self._administer(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.admin_dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            connection.execute(statement)
