"""Wishes about tables. Codes and ids come in with the command."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from domain.shared.event import Command


class AddTable(Command, frozen=True, kw_only=True):
    """Put a table on the floor."""

    table_id: UUID
    code: str
    name: str


class ChangeTable(Command, frozen=True, kw_only=True):
    """Rename a table, or take it off the floor and put it back."""

    table_id: UUID
    name: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class RotateCode(Command, frozen=True, kw_only=True):
    """Give a table a new code; the old one, and every session opened with it, is dead."""

    table_id: UUID
    code: str


FloorCommand = AddTable | ChangeTable | RotateCode
