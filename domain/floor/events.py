"""What can have happened to a venue's tables."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from domain.shared.event import Event


class TableAdded(Event, frozen=True, kw_only=True, tag="floor.table-added.v1"):
    """A table stands on the floor, found by its code."""

    table_id: UUID
    code: str
    name: str


class TableChanged(Event, frozen=True, kw_only=True, tag="floor.table-changed.v1"):
    """A table has another name, or left the floor, or came back."""

    table_id: UUID
    name: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class TableCodeRotated(Event, frozen=True, kw_only=True, tag="floor.table-code-rotated.v1"):
    """A table goes by a new code."""

    table_id: UUID
    code: str


FloorEvent = TableAdded | TableChanged | TableCodeRotated
