"""A venue's tables and their codes."""

from io import BytesIO
from typing import Final
from urllib.parse import quote

import segno
from litestar import Response, get, patch, post
from msgspec import UNSET, UnsetType

from api.answers import data_response, told
from api.bodies import Key, Shape, Words, body_of
from api.callers import StaffRequest
from api.describing import says
from api.front import FrontOf, InPath
from api.keys import key_of
from api.problems import Failure
from api.queries import Awaiting, query_of
from application.reads import tables as all_tables
from application.requests import AddTable, EditTable, RotateTable
from application.views.table import TableView

SVG: Final = "image/svg+xml"
SVG_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
MODULE_PX: Final = 8


class TableWanted(Shape, frozen=True):
    """A table; without a code it is given one."""

    name: Words
    code: Words | None = None
    idempotency_key: Key | None = None


class TableChanged(Shape, frozen=True):
    """What should be different about a table."""

    name: Words | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    idempotency_key: Key | None = None


class CodeRotated(Shape, frozen=True):
    """Nothing has to be said."""

    idempotency_key: Key | None = None


BASE: Final = "/admin/venues/{slug:str}/tables"
TABLE: Final = BASE + "/{code:str}"


@get(BASE, opt=says(query=Awaiting, answers=TableView, listed=True))
async def tables(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """All tables, in the order in which they were added."""
    query_of(request, Awaiting)
    read = await all_tables(front.house, request.user.venue_id)
    return data_response(read.data, position=read.position, next_cursor=None)


@post(BASE, opt=says(body=TableWanted, answers=TableView, status=201, refusals=("TABLE_CODE_TAKEN",)))
async def add_table(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Put a table on the floor."""
    wanted = await body_of(request, TableWanted)
    wish = AddTable(table_id=front.house.ids(), name=wanted.name, code=wanted.code)
    return await told(front, request, wish, key=key_of(request, wanted))


@patch(TABLE, opt=says(body=TableChanged, answers=TableView, refusals=("TABLE_NOT_FOUND",)))
async def change_table(request: StaffRequest, code: InPath, front: FrontOf) -> Response[bytes]:
    """Rename a table, or take it off the floor, or put it back."""
    wanted = await body_of(request, TableChanged)
    wish = EditTable(code=code, name=wanted.name, active=wanted.active)
    return await told(front, request, wish, key=key_of(request, wanted))


@post(f"{TABLE}/rotate", status_code=200, opt=says(body=CodeRotated, answers=TableView, refusals=("TABLE_NOT_FOUND",)))
async def rotate(request: StaffRequest, code: InPath, front: FrontOf) -> Response[bytes]:
    """Give a table a new code. The old one is dead, and so is every session that was opened with it."""
    wanted = await body_of(request, CodeRotated)
    return await told(front, request, RotateTable(code=code), key=key_of(request, wanted))


@get(f"{TABLE}/qr.svg", opt=says(content=SVG, refusals=("TABLE_NOT_FOUND",)))
async def qr_code(request: StaffRequest, slug: InPath, code: InPath, front: FrontOf) -> Response[bytes]:
    """What to print and put on the table: the address of its page, as a picture."""
    read = await all_tables(front.house, request.user.venue_id)
    if not any(table.code == code and table.active for table in read.data):
        raise Failure("TABLE_NOT_FOUND", "No table goes by that code.")
    base = front.public_url or str(request.base_url).rstrip("/")
    picture = BytesIO()
    address = f"{base}/v/{quote(slug)}?table={quote(code)}"
    segno.make(address, error="m", micro=False).save(picture, kind="svg", scale=MODULE_PX, xmldecl=False)
    headers = {"Content-Security-Policy": SVG_POLICY}
    return Response(picture.getvalue(), media_type=SVG, headers=headers)


ROUTES: Final = (tables, add_table, change_table, rotate, qr_code)
