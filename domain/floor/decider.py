"""The floor plan's rules: every table has one code, and a code once given up is never given out again.

Were it given out again, the sessions that died with it would come back to life.
"""

import re
from collections.abc import Iterator
from typing import Final, assert_never, get_args
from uuid import UUID

from msgspec.structs import replace

from domain.floor.commands import AddTable, ChangeTable, FloorCommand, RotateCode
from domain.floor.errors import FloorIsFull, TableCodeTaken, TableNotFound
from domain.floor.events import FloorEvent, TableAdded, TableChanged, TableCodeRotated
from domain.floor.state import Floor, Table
from domain.shared.changes import differing, named
from domain.shared.event import Decider
from domain.shared.refusals import IdTaken
from domain.shared.validation import Fault, require_none, text

TABLES_MAX: Final = 1_000
CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


def decide(floor: Floor, command: FloorCommand) -> tuple[FloorEvent, ...]:
    """What comes of a wish."""
    match command:
        case AddTable(table_id=table_id, code=code, name=name):
            require_none((*_code_faults(code), *text("name", name)))
            if floor.by_id(table_id) is not None:
                raise IdTaken("Another table goes by that id.")
            if len(floor.tables) >= TABLES_MAX:
                raise FloorIsFull(f"A venue has at most {TABLES_MAX} tables.")
            _require_free(floor, code)
            return (TableAdded(table_id=table_id, code=code, name=name),)
        case ChangeTable(table_id=table_id):
            changes = differing(command, _table(floor, table_id))
            require_none(text("name", changes["name"]) if "name" in changes else ())
            return (TableChanged(table_id=table_id, **changes),) if changes else ()
        case RotateCode(table_id=table_id, code=code):
            require_none(_code_faults(code))
            if _table(floor, table_id).code == code:
                return ()
            _require_free(floor, code)
            return (TableCodeRotated(table_id=table_id, code=code),)
        case _:
            assert_never(command)


def evolve(floor: Floor, event: FloorEvent) -> Floor:
    """What the floor plan is once that happened."""
    match event:
        case TableAdded(table_id=table_id, code=code, name=name):
            return replace(floor, tables=(*floor.tables, Table(table_id=table_id, code=code, name=name)))
        case TableChanged(table_id=table_id):
            return replace(floor, tables=_changed(floor, table_id, **named(event)))
        case TableCodeRotated(table_id=table_id, code=code):
            retired = {table.code for table in floor.tables if table.table_id == table_id}
            return Floor(tables=_changed(floor, table_id, code=code), retired_codes=floor.retired_codes | retired)
        case _:
            assert_never(event)


def _table(floor: Floor, table_id: UUID) -> Table:
    table = floor.by_id(table_id)
    if table is None:
        raise TableNotFound("The venue has no such table.")
    return table


def _require_free(floor: Floor, code: str) -> None:
    if code in floor.retired_codes or any(table.code == code for table in floor.tables):
        raise TableCodeTaken(f"The code {code} belongs, or once belonged, to a table; choose another.")


def _code_faults(code: str) -> Iterator[Fault]:
    if not CODE.fullmatch(code):
        yield Fault(field="code", message="code must be 1 to 32 letters, digits, dashes or underscores.")


def _changed(floor: Floor, table_id: UUID, /, **changes: object) -> tuple[Table, ...]:
    return tuple(replace(table, **changes) if table.table_id == table_id else table for table in floor.tables)


FLOOR = Decider(name="floor", initial=Floor(), decide=decide, evolve=evolve, events=get_args(FloorEvent))
