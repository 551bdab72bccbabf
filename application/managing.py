"""What a manager changes: the venue's settings, its menu, its tables."""

from http import HTTPStatus
from typing import Final, assert_never
from uuid import UUID

from application.house import House
from application.requests import AddTable, Answered, EditMenu, EditSettings, EditTable, OpenVenue, RotateTable
from application.seating import require_settings
from application.streams import open_floor, open_menu, open_venue
from application.texts import refuse_card_number
from application.views.menu import RemovedView, category_view, group_view, item_view
from application.views.table import table_view
from application.views.venue import settings_view
from application.views.view import View
from application.writer import Writer
from domain.floor import commands as tables
from domain.floor.errors import TableNotFound
from domain.floor.state import Floor, Table
from domain.menu import commands as menus
from domain.menu.state import Menu
from domain.venue import commands as venues

CODE_LENGTH: Final = 8
CODE_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I, O: a guest may have to type it. 32 letters, so that every random byte falls on one evenly."""


async def open_venue_ledger(writer: Writer, wish: OpenVenue) -> Answered:
    """Begin a venue's ledger."""
    venue = open_venue(writer)
    await writer.load()
    venue.decide(venues.OpenVenue(slug=wish.slug, settings=wish.settings))
    return await writer.commit(settings_view(wish.settings, venue.version), status=HTTPStatus.CREATED)


async def edit_settings(writer: Writer, wish: EditSettings) -> Answered:
    """Change settings. They hold for every command that is judged after this."""
    if isinstance(wish.change.name, str):
        refuse_card_number("name", wish.change.name)
    venue = open_venue(writer)
    await writer.load()
    venue.decide(wish.change)
    return await writer.commit(settings_view(require_settings(venue.state), venue.version))


async def edit_menu(writer: Writer, wish: EditMenu) -> Answered:
    """Change the menu. What was added or changed is shown as it is now."""
    for field in ("name", "description"):
        text = getattr(wish.change, field, None)
        refuse_card_number(field, text if isinstance(text, str) else None)
    menu, venue = open_menu(writer), open_venue(writer)
    await writer.load()
    require_settings(venue.state)
    menu.decide(wish.change)
    status = HTTPStatus.CREATED if isinstance(wish.change, ADDITIONS) else HTTPStatus.OK
    return await writer.commit(_shown(menu.state, wish.change, writer), status=status)


ADDITIONS: Final = (menus.AddCategory, menus.AddItem, menus.AddOptionGroup)


async def add_table(writer: Writer, wish: AddTable) -> Answered:
    """Put a table on the floor."""
    refuse_card_number("name", wish.name)
    floor, venue = open_floor(writer), open_venue(writer)
    await writer.load()
    require_settings(venue.state)
    code = wish.code or new_code(writer.house)
    floor.decide(tables.AddTable(table_id=wish.table_id, code=code, name=wish.name))
    return await writer.commit(table_view(_table(floor.state, wish.table_id)), status=HTTPStatus.CREATED)


async def edit_table(writer: Writer, wish: EditTable) -> Answered:
    """Rename a table, or take it off the floor, or put it back."""
    if isinstance(wish.name, str):
        refuse_card_number("name", wish.name)
    floor = open_floor(writer)
    await writer.load()
    table_id = _by_code(floor.state, wish.code).table_id
    floor.decide(tables.ChangeTable(table_id=table_id, name=wish.name, active=wish.active))
    return await writer.commit(table_view(_table(floor.state, table_id)))


async def rotate_table(writer: Writer, wish: RotateTable) -> Answered:
    """Give a table a new code. The old one is never given out again."""
    floor = open_floor(writer)
    await writer.load()
    table_id = _by_code(floor.state, wish.code).table_id
    floor.decide(tables.RotateCode(table_id=table_id, code=new_code(writer.house)))
    return await writer.commit(table_view(_table(floor.state, table_id)))


def new_code(house: House) -> str:
    """A table code that nobody can guess from another: 40 random bits."""
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in house.secret(CODE_LENGTH))


def _shown(menu: Menu, change: menus.MenuCommand, writer: Writer) -> View:
    match change:
        case menus.AddCategory(category_id=category_id) | menus.ChangeCategory(category_id=category_id):
            return category_view(menu.categories[category_id])
        case (
            menus.AddItem(item_id=item_id)
            | menus.ChangeItem(item_id=item_id)
            | menus.SellOut(item_id=item_id)
            | menus.BringBack(item_id=item_id)
        ):
            return item_view(menu.items[item_id], writer.at)
        case menus.AddOptionGroup(group_id=group_id) | menus.ChangeOptionGroup(group_id=group_id):
            return group_view(menu.groups[group_id])
        case (
            menus.RemoveCategory(category_id=removed)
            | menus.RemoveItem(item_id=removed)
            | menus.RemoveOptionGroup(group_id=removed)
        ):
            return RemovedView(id=removed)
        case _:
            assert_never(change)


def _by_code(floor: Floor, code: str) -> Table:
    """The table that goes by this code, active or not: staff have to find it again to put it back."""
    table = next((table for table in floor.tables if table.code == code), None)
    if table is None:
        raise TableNotFound("The venue has no such table.")
    return table


def _table(floor: Floor, table_id: UUID) -> Table:
    table = floor.by_id(table_id)
    if table is None:
        raise TableNotFound("The venue has no such table.")
    return table
