"""Wishes about a guest's session."""

from datetime import datetime
from uuid import UUID

from domain.shared.event import Command


class OpenSession(Command, frozen=True, kw_only=True):
    """Sit down. `ttl_s` is the venue's, counted from `at`; `token_hash` is 32 bytes."""

    session_id: UUID
    table_id: UUID
    table_code: str
    token_hash: bytes
    at: datetime
    ttl_s: int


class CloseSession(Command, frozen=True, kw_only=True):
    """Leave."""

    session_id: UUID


SessionCommand = OpenSession | CloseSession
