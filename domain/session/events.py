"""What can have happened to a guest's session."""

from datetime import datetime
from uuid import UUID

from domain.shared.event import Event


class SessionOpened(Event, frozen=True, kw_only=True, tag="session.opened.v1"):
    """A guest scanned a table's code. `token_hash` is SHA-256 of the token's secret; the token is kept nowhere."""

    session_id: UUID
    table_id: UUID
    table_code: str
    token_hash: bytes
    opened_at: datetime
    expires_at: datetime


class SessionClosed(Event, frozen=True, kw_only=True, tag="session.closed.v1"):
    """The guest left."""

    session_id: UUID


SessionEvent = SessionOpened | SessionClosed
