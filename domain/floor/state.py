"""The floor plan as its history leaves it."""

from uuid import UUID

from msgspec import Struct


class Table(Struct, frozen=True, kw_only=True):
    """One table, found by its present code."""

    table_id: UUID
    code: str
    name: str
    active: bool = True


class Floor(Struct, frozen=True, kw_only=True):
    """All tables of a venue, in the order in which they were added, and the codes that tables have given up."""

    tables: tuple[Table, ...] = ()
    retired_codes: frozenset[str] = frozenset()

    def by_code(self, code: str) -> Table | None:
        """The active table that goes by this code now."""
        return next((table for table in self.tables if table.code == code and table.active), None)

    def by_id(self, table_id: UUID) -> Table | None:
        """The table of that id, active or not."""
        return next((table for table in self.tables if table.table_id == table_id), None)
