"""A line of the ledger as it stands in the table: the envelope, the exact bytes, and its link in the chain."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """One event as stored. `data` is what was appended, byte for byte; `hash` is 32 bytes."""

    position: int
    stream: UUID
    version: int
    tag: str
    recorded_at: datetime
    actor: str
    request_id: str
    caused_by: str
    data: bytes
    hash: bytes


class Filters(Struct, frozen=True, kw_only=True):
    """What narrows a ledger down. None lets everything through; `since` is included, `until` is not."""

    tag: str | None = None
    stream: UUID | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
