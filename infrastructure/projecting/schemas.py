"""Where read models live. Each version has a database schema of its own; readers go by views that name no version.

A new version is built beside the old one and switched to in one transaction, so a reader sees one or the other.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from infrastructure.migrations.runner import ExtraStep
from projections.projection import Projection
from projections.registry import PROJECTIONS


def projection_schemas(projections: Sequence[Projection] = PROJECTIONS) -> ExtraStep:
    """The migrator's step that makes room for every read model."""

    def apply(connection: Connection[Any], app_role: str) -> None:
        prepare(connection, app_role, projections)

    return ExtraStep(name="the projections' schemas", apply=apply)


def prepare(connection: Connection[Any], app_role: str, projections: Sequence[Projection] = PROJECTIONS) -> None:
    """Create what is missing and grant it all anew, within the caller's transaction.

    The first version of a read model is live at once. A later one is only made room for: it becomes live by `switch`,
    once it has been built.
    """
    for projection in projections:
        if not _is_there(connection, projection):
            connection.execute(SQL("create schema {}").format(Identifier(projection.home)))
            connection.execute(SQL("set local search_path = {}, pg_temp").format(Identifier(projection.home)))
            connection.execute(projection.schema.encode())
        if not _is_live_in_some_version(connection, projection):
            switch(connection, projection, app_role)
        for statement in _grants(projection, app_role):
            connection.execute(statement)


def switch(connection: Connection[Any], projection: Projection, app_role: str) -> None:
    """Let readers see this version from the caller's commit on."""
    bookmark = Identifier("public", f"{projection.name}_bookmark")
    connection.execute(SQL("drop view if exists {}").format(bookmark))
    connection.execute(
        SQL(
            "create view {} as select venue_id, position, parked_at is not null as parked"
            " from public.bookmarks where name = {}"
        ).format(bookmark, Literal(projection.home))
    )
    for table in projection.tables:
        view, source = Identifier("public", f"{projection.name}_{table}"), Identifier(projection.home, table)
        connection.execute(SQL("drop view if exists {}").format(view))
        connection.execute(SQL("create view {} as select * from {}").format(view, source))
    for statement in _grants(projection, app_role):
        connection.execute(statement)


def _is_there(connection: Connection[Any], projection: Projection) -> bool:
    return _exists(connection, "select to_regnamespace(%s) is not null", projection.home)


def _is_live_in_some_version(connection: Connection[Any], projection: Projection) -> bool:
    return _exists(connection, "select to_regclass(%s) is not null", f"public.{projection.name}_bookmark")


def _exists(connection: Connection[Any], query: str, name: str) -> bool:
    row = connection.execute(query.encode(), [name]).fetchone()
    return row is not None and bool(row[0])


def _grants(projection: Projection, app_role: str) -> list[Composed]:
    """The application keeps the rows and reads the views. That they can be built again makes them worth no more."""
    home, role = Identifier(projection.home), Identifier(app_role)
    views = [Identifier("public", f"{projection.name}_{name}") for name in ("bookmark", *projection.tables)]
    return [
        SQL("grant usage on schema {} to {}").format(home, role),
        SQL("grant select, insert, update, delete on all tables in schema {} to {}").format(home, role),
        SQL("grant select on {} to {}").format(SQL(", ").join(views), role),
    ]
