"""What anybody may see of a venue, and how a guest sits down and leaves."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post
from msgspec import Struct

from api.answers import raw_response, shown, told, told_as
from api.bodies import Nothing, Shape, Words, body_of
from api.callers import AnyRequest, GuestRequest
from api.describing import says
from api.front import FrontOf, InPath
from api.menus import MenuView
from api.queries import Awaiting, query_of
from application.reads import settings_for_guests, venue_page
from application.requests import CloseSession, OpenSession
from application.views.venue import ClosedView, SessionView, VenueView
from domain.shared.ids import venue_id_of
from projections.bookmarks import wait_until
from projections.menu import menu_page


class Stranger(Struct, frozen=True, kw_only=True):
    """Somebody who scans a code and has no session yet."""

    venue_id: UUID
    actor: str = "guest:new"


class TableScanned(Shape, frozen=True):
    """What stands on the table."""

    table_short_code: Words


@get("/venues/{slug:str}", opt=says(query=Awaiting, answers=VenueView, refusals=("VENUE_NOT_FOUND",)))
async def venue(request: AnyRequest, slug: InPath, front: FrontOf) -> Response[bytes]:
    """A venue: its name, currency, hours and rules for guests."""
    query_of(request, Awaiting)
    return shown(await venue_page(front.house, slug))


@get(
    "/venues/{slug:str}/menu",
    opt=says(query=Awaiting, answers=MenuView, tagged=True, refusals=("VENUE_NOT_FOUND",)),
)
async def menu(request: AnyRequest, slug: InPath, front: FrontOf) -> Response[bytes]:
    """The menu. Send its `ETag` back as `If-None-Match`, and the answer is 304 while nothing changed."""
    awaited = query_of(request, Awaiting)
    await settings_for_guests(front.house, slug)
    venue_id = venue_id_of(slug)
    if awaited.after:
        await wait_until(front.pool, "menu", venue_id, awaited.after, timeout_s=1.0)
    async with front.pool.connection() as connection:
        page = await menu_page(connection, venue_id, datetime.now(UTC))
    headers = {"ETag": page.etag, "Cache-Control": "no-cache"}
    if _seen(request) & {page.etag, "*"}:
        return Response(b"", status_code=304, headers={**headers, "Ledger-Position": str(page.position)})
    return raw_response(page.body, position=page.position, headers=headers)


@post(
    "/venues/{slug:str}/session",
    opt=says(body=TableScanned, answers=SessionView, status=201, refusals=("VENUE_NOT_FOUND", "TABLE_NOT_FOUND")),
)
async def open_session(request: AnyRequest, slug: InPath, front: FrontOf) -> Response[bytes]:
    """Sit down at a table. The token is shown here once; it goes into `X-Session-Token`."""
    scanned = await body_of(request, TableScanned)
    wish = OpenSession(table_short_code=scanned.table_short_code)
    return await told_as(front, request, Stranger(venue_id=venue_id_of(slug)), wish)


@delete("/session", status_code=200, opt=says(answers=ClosedView))
async def close_session(request: GuestRequest, front: FrontOf) -> Response[bytes]:
    """Leave; other sessions at the table go on."""
    await body_of(request, Nothing)
    return await told(front, request, CloseSession(guest=request.user.guest))


def _seen(request: AnyRequest) -> set[str]:
    """The tags that the client has; a weak one is as good, since the bytes are the same. `*` stands for any."""
    sent = request.headers.getall("if-none-match", [])
    return {tag.strip().removeprefix("W/") for line in sent for tag in line.split(",")}


ROUTES: Final = (venue, menu, open_session, close_session)
