"""A session's rules: it is opened once, lasts as long as the venue said when it was opened, and can be left early."""

from datetime import timedelta
from typing import assert_never, get_args

from msgspec.structs import replace

from domain.session.commands import CloseSession, OpenSession, SessionCommand
from domain.session.errors import SessionInvalid
from domain.session.events import SessionClosed, SessionEvent, SessionOpened
from domain.session.state import Session
from domain.shared.event import Decider
from domain.shared.refusals import IdTaken


def decide(session: Session, command: SessionCommand) -> tuple[SessionEvent, ...]:
    """What comes of a wish."""
    match command:
        case OpenSession():
            if session.session_id is not None:
                raise IdTaken("Another session goes by that id.")
            opened = SessionOpened(
                session_id=command.session_id,
                table_id=command.table_id,
                table_code=command.table_code,
                token_hash=command.token_hash,
                opened_at=command.at,
                expires_at=command.at + timedelta(seconds=command.ttl_s),
            )
            return (opened,)
        case CloseSession(session_id=session_id):
            if session.session_id is None:
                raise SessionInvalid("There is no such session.")
            return () if session.closed else (SessionClosed(session_id=session_id),)
        case _:
            assert_never(command)


def evolve(session: Session, event: SessionEvent) -> Session:
    """What the session is once that happened."""
    match event:
        case SessionOpened():
            return Session(
                session_id=event.session_id,
                table_id=event.table_id,
                table_code=event.table_code,
                token_hash=event.token_hash,
                expires_at=event.expires_at,
            )
        case SessionClosed():
            return replace(session, closed=True)
        case _:
            assert_never(event)


SESSION = Decider(name="session", initial=Session(), decide=decide, evolve=evolve, events=get_args(SessionEvent))
