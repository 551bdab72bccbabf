"""Guests at their tables: what a token is, whom it admits, how a session begins and ends.

A token is base64url of 48 bytes: venue ‖ session ‖ secret, 16 each. It begins with its venue, so the one ledger that
knows the session is found without asking anybody.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from typing import Final
from uuid import UUID

from msgspec import Struct

from application.requests import Answered, CloseSession, GuestPass, OpenSession
from application.streams import OpenedFloor, OpenedSession, OpenedVenue, Opener, open_floor, open_session, open_venue
from application.views.table import table_view
from application.views.venue import ClosedView, SessionView, venue_brief
from application.writer import Writer
from domain.floor.errors import TableNotFound
from domain.floor.state import Floor, Table
from domain.session import commands
from domain.session.decider import SESSION
from domain.session.errors import SessionExpired, SessionInvalid
from domain.session.state import Session
from domain.venue.errors import VenueNotFound
from domain.venue.settings import Settings
from domain.venue.state import Venue

ID_BYTES: Final = 16
SECRET_BYTES: Final = 16
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{64}", re.ASCII)


def read_token(token: str) -> tuple[UUID, GuestPass]:
    """The venue that a token names, and what proves the guest there. SessionInvalid for what is no token."""
    raw = _decoded(token)
    if raw is None:
        raise SessionInvalid("The session token is not a valid one; scan the table's code again.")
    secret_hash = sha256(raw[2 * ID_BYTES :]).digest()
    return UUID(bytes=raw[:ID_BYTES]), GuestPass(
        session_id=UUID(bytes=raw[ID_BYTES : 2 * ID_BYTES]), token_hash=secret_hash
    )


class Seat(Struct, frozen=True, kw_only=True, eq=False):
    """What has to be read to admit a guest."""

    guest: GuestPass
    session: OpenedSession
    floor: OpenedFloor
    venue: OpenedVenue


def open_seat(opener: Opener, guest: GuestPass) -> Seat:
    """Name the streams that admitting a guest takes."""
    return Seat(
        guest=guest,
        session=open_session(opener, guest.session_id),
        floor=open_floor(opener),
        venue=open_venue(opener),
    )


def admit(seat: Seat, at: datetime) -> Table:
    """The guest's table. Refused: SessionInvalid without proof, SessionExpired once it is over or the code rotated."""
    session = seat.session.state
    require_proof(session, seat.guest)
    table = seat.floor.state.by_code(session.table_code)
    if table is None or table.table_id != session.table_id or not session.live(at):
        raise SessionExpired("The session is over; scan the table's code again.")
    return table


def require_proof(session: Session, guest: GuestPass) -> None:
    """Refuse with SessionInvalid whoever does not hold the session's secret."""
    if session.session_id is None or not compare_digest(session.token_hash, guest.token_hash):
        raise SessionInvalid("No session goes by this token; scan the table's code again.")


def require_settings(venue: Venue) -> Settings:
    """The venue's settings. Refused: VenueNotFound where its ledger never began."""
    if venue.settings is None:
        raise VenueNotFound("There is no such venue.")
    return venue.settings


async def open_session_at(writer: Writer, wish: OpenSession) -> Answered:
    """Seat a guest. The token is in the answer and nowhere else; the guest's own key is made before anything else."""
    house, session_id, secret = writer.house, writer.house.ids(), writer.house.secret(SECRET_BYTES)
    venue, floor = open_venue(writer), open_floor(writer)
    session = writer.begin(SESSION, session_id)
    await writer.load()
    settings = require_settings(venue.state)
    if not settings.active:
        raise VenueNotFound("There is no such venue.")
    table = _table_by_code(floor.state, wish.table_short_code)
    session.decide(
        commands.OpenSession(
            session_id=session_id,
            table_id=table.table_id,
            table_code=table.code,
            token_hash=sha256(secret).digest(),
            at=writer.at,
            ttl_s=settings.session_ttl_s,
        )
    )
    await house.keyring.create(writer.venue_id, session_id)
    view = SessionView(
        id=session_id,
        token=urlsafe_b64encode(writer.venue_id.bytes + session_id.bytes + secret).decode(),
        expires_at=session.state.expires_at,
        table=table_view(table),
        venue=venue_brief(writer.venue_id, venue.state.slug, settings),
    )
    return await writer.commit(view, status=HTTPStatus.CREATED)


async def close_session(writer: Writer, wish: CloseSession) -> Answered:
    """Let a guest go."""
    seat = open_seat(writer, wish.guest)
    await writer.load()
    admit(seat, writer.at)
    seat.session.decide(commands.CloseSession(session_id=wish.guest.session_id))
    return await writer.commit(ClosedView(id=wish.guest.session_id), subject=wish.guest.session_id)


def _table_by_code(floor: Floor, code: str) -> Table:
    table = floor.by_code(code)
    if table is None:
        raise TableNotFound("No table goes by this code; scan it again.")
    return table


def _decoded(token: str) -> bytes | None:
    """The token's 48 bytes. Strange characters are not skipped over, or one token would have many faces."""
    if not TOKEN.fullmatch(token):
        return None
    return urlsafe_b64decode(token)
