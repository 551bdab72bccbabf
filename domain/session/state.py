"""A session as its history leaves it."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

NEVER = datetime.min.replace(tzinfo=UTC)


class Session(Struct, frozen=True, kw_only=True):
    """A guest's session; `session_id` is None until it was opened."""

    session_id: UUID | None = None
    table_id: UUID | None = None
    table_code: str = ""
    token_hash: bytes = b""
    expires_at: datetime = NEVER
    closed: bool = False

    def live(self, at: datetime) -> bool:
        """Whether it is open at that moment (whether its table's code still stands is the floor plan's to say)."""
        return self.session_id is not None and not self.closed and at < self.expires_at
