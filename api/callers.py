"""Who is calling, and may they: the guard before every endpoint, which reads the one table in `access`.

A guest shows a session token, staff an access token, in a header or (a page) in a cookie. A guest's token is no staff
token, nor the other way round. Whether a guest's session still lives is judged where the command is, in the same read.
"""

import asyncio
import hmac
from typing import Any, Final, TypeAlias
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from api.access import ROUTES, Access
from api.front import Front
from api.problems import Failure
from application.credentials import Claims
from application.reads import login_holds, role_at
from application.requests import GuestPass
from application.seating import read_token
from domain.roster.events import Role
from domain.shared.ids import HOUSE, venue_id_of
from domain.venue.errors import VenueNotFound

PREFIX: Final = "/api/v1"
ACCESS_COOKIE: Final = "comanda_access"
REFRESH_COOKIE: Final = "comanda_refresh"
CSRF_COOKIE: Final = "comanda_csrf"
CSRF_HEADER: Final = "x-csrf-token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]


class GuestCaller(Struct, frozen=True, kw_only=True):
    """Somebody at a table, as their token says."""

    venue_id: UUID
    guest: GuestPass

    @property
    def actor(self) -> str:
        """How the ledger names them."""
        return f"guest:{self.guest.session_id}"


class StaffCaller(Struct, frozen=True, kw_only=True):
    """Somebody who is logged in; `venue_id` is that of the venue named in the path, or the house's own."""

    venue_id: UUID
    account_id: UUID
    login_id: UUID
    role: Role | None = None

    @property
    def actor(self) -> str:
        """How the ledger names them."""
        return f"staff:{self.account_id}"


GuestRequest: TypeAlias = Request[GuestCaller, Any, Any]
StaffRequest: TypeAlias = Request[StaffCaller, Any, Any]
AnyRequest: TypeAlias = Request[Any, Any, Any]


async def admit(connection: Connection, _: BaseRouteHandler) -> None:
    """The guard of the whole app: what is not in the table is nobody's. Whoever is let in is `request.user`."""
    if connection.scope["method"] == "OPTIONS":  # type: ignore[typeddict-item] # only HTTP has guards here
        return
    access = ROUTES.get(route_of(connection))
    if access is None:
        raise Failure("FORBIDDEN", "Nobody may call this.")
    match access.who:
        case "anyone":
            return
        case "guest":
            connection.scope["user"] = _guest(connection)
        case "staff" | "role":
            front: Front = connection.app.state["front"]
            connection.scope["user"] = await _staff(front, connection, access)


def route_of(connection: Connection) -> str:
    """The row of the table that a request falls under: method and path as a template, without the prefix."""
    template = connection.scope["path_template"].removeprefix(PREFIX) or "/"
    return f"{connection.scope['method']} {template.replace(':str}', '}')}"  # type: ignore[typeddict-item]


def require(caller: StaffCaller, access: Access) -> None:
    """Refuse a caller whose role is not enough for what exactly is asked, though it was for the route."""
    if caller.role not in access.roles:
        raise Failure("FORBIDDEN", "Your role at this venue does not allow this.")


def claims_of(front: Front, connection: Connection) -> Claims:
    """What a staff caller's token says. Raises Failure: UNAUTHORIZED, INVALID_TOKEN, CSRF; and TokenExpired."""
    header = connection.headers.get("authorization", "").strip()
    if header:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Failure("INVALID_TOKEN", "Send the access token as `Authorization: Bearer …`.")
        if not token.strip():
            raise Failure("UNAUTHORIZED", "Say who you are: this call needs an access token.")
        return front.tokens.read(token.strip())
    cookie = connection.cookies.get(ACCESS_COOKIE)
    if not cookie:
        raise Failure("UNAUTHORIZED", "Say who you are: this call needs an access token.")
    claims = front.tokens.read(cookie)
    if connection.scope["method"] not in SAFE_METHODS:  # type: ignore[typeddict-item]
        require_csrf(connection, front.tokens.csrf_token(claims.login_id))
    return claims


def require_csrf(connection: Connection, expected: str) -> None:
    """Refuse a changing call that comes with a cookie but not with the word that only the page itself knows."""
    sent = connection.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode()):
        raise Failure("CSRF", "A changing call with a cookie needs the X-CSRF-Token header.")


def _guest(connection: Connection) -> GuestCaller:
    token = connection.headers.get("x-session-token", "").strip()
    if not token:
        raise Failure("UNAUTHORIZED", "Say who you are: this call needs the header X-Session-Token.")
    venue_id, guest = read_token(token)
    return GuestCaller(venue_id=venue_id, guest=guest)


async def _staff(front: Front, connection: Connection, access: Access) -> StaffCaller:
    claims = claims_of(front, connection)
    slug = connection.path_params.get("slug")
    holds, role = await asyncio.gather(
        login_holds(front.house, claims),
        _no_role() if slug is None else role_at(front.house, venue_id_of(slug), claims.account_id),
        return_exceptions=True,
    )
    if isinstance(holds, BaseException):
        raise holds
    if not holds:
        raise Failure("INVALID_TOKEN", "This log-in is over. Log in again.")
    if isinstance(role, VenueNotFound):
        # Whether there is such a venue is nobody's business who does not work there.
        role = None
    if isinstance(role, BaseException):
        raise role
    venue_id = HOUSE if slug is None else venue_id_of(slug)
    caller = StaffCaller(venue_id=venue_id, account_id=claims.account_id, login_id=claims.login_id, role=role)
    if access.who == "role":
        require(caller, access)
    return caller


async def _no_role() -> None:
    """Where no venue is named, nobody has a role."""
