"""A table as clients see it."""

from uuid import UUID

from application.views.view import View
from domain.floor.state import Table


class TableView(View, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    active: bool


def table_view(table: Table) -> TableView:
    return TableView(id=table.table_id, code=table.code, name=table.name, active=table.active)
