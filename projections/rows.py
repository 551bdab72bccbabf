"""Rows that are folds: load those that a run of events is about, take each one further, save what changed.

A row is kept as the JSON of its struct, in `document`; what is filtered or sorted by stands beside it as columns of its
own. However long the run, it costs one load and one pipelined save.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier, Placeholder

from application.ports import Recorded
from projections.projection import Cursor

R = TypeVar("R", bound=Struct)


class Table(Struct, Generic[R], frozen=True, kw_only=True):
    """Where rows live and how events change them.

    The table has the columns `venue_id uuid, id uuid` (its primary key), `document bytea` and those of `columns`, each
    named like the row's attribute that it holds. `key_of` says which row an event is about, if it is about any.
    `evolve` gets None where there is no row yet, and returns None where there should be none any more; it never judges.
    """

    name: str
    row: type[R]
    columns: tuple[str, ...]
    key_of: Callable[[UUID, Recorded], UUID | None]
    evolve: Callable[[R | None, Recorded], R | None]


async def fold(cursor: Cursor, venue_id: UUID, batch: Sequence[Recorded], table: Table[R]) -> None:
    """Take a table's rows through a run of events."""
    steps = [(key, recorded) for recorded in batch if (key := table.key_of(venue_id, recorded)) is not None]
    if not steps:
        return
    before = await _load(cursor, venue_id, {key for key, _ in steps}, table)
    after: dict[UUID, R | None] = dict(before)
    for key, recorded in steps:
        after[key] = table.evolve(after.get(key), recorded)
    await _save(cursor, venue_id, {key: row for key, row in after.items() if row is not before.get(key)}, table)


def decoded(row: type[R], document: bytes) -> R:
    """A row as it was saved."""
    decoder: msgspec.json.Decoder[R] = _decoder(row)
    return decoder.decode(document)


async def _load(cursor: Cursor, venue_id: UUID, ids: set[UUID], table: Table[R]) -> dict[UUID, R]:
    await cursor.execute(_select(table.name), (venue_id, list(ids)))
    return {id_: decoded(table.row, document) for id_, document in await cursor.fetchall()}


async def _save(cursor: Cursor, venue_id: UUID, changed: dict[UUID, R | None], table: Table[R]) -> None:
    gone = [key for key, row in changed.items() if row is None]
    kept = [
        (venue_id, key, msgspec.json.encode(row), *(getattr(row, column) for column in table.columns))
        for key, row in changed.items()
        if row is not None
    ]
    if gone:
        await cursor.execute(_delete(table.name), (venue_id, gone))
    if kept:
        await cursor.executemany(_upsert(table.name, table.columns), kept)


@cache
def _decoder(row: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(row)


@cache
def _select(table: str) -> Composed:
    return SQL("select id, document from {} where venue_id = %s and id = any(%s)").format(Identifier(table))


@cache
def _delete(table: str) -> Composed:
    return SQL("delete from {} where venue_id = %s and id = any(%s)").format(Identifier(table))


@cache
def _upsert(table: str, columns: tuple[str, ...]) -> Composed:
    written = [Identifier(name) for name in ("document", *columns)]
    return SQL(
        "insert into {table} (venue_id, id, {columns}) values (%s, %s, {values})"
        " on conflict (venue_id, id) do update set {updates}"
    ).format(
        table=Identifier(table),
        columns=SQL(", ").join(written),
        values=SQL(", ").join([Placeholder()] * len(written)),
        updates=SQL(", ").join(SQL("{0} = excluded.{0}").format(name) for name in written),
    )
