"""The ledger as auditors use it: to read line by line, with every line's link in the chain, and to check."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Raw, Struct


class BookLine(Struct, frozen=True, kw_only=True):
    """One line: its envelope, its data as the JSON that was stored, and its hash (32 bytes)."""

    position: int
    stream: UUID
    version: int
    tag: str
    recorded_at: datetime
    actor: str
    request_id: str
    caused_by: str
    data: Raw
    hash: bytes


class Wanted(Struct, frozen=True, kw_only=True):
    """Which lines are asked for; None lets everything through. `since` is included, `until` is not."""

    tag: str | None = None
    stream: UUID | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Verdict(Struct, frozen=True, kw_only=True):
    """What recomputing the chain found: `events` is the last position, `head` the last hash in hex."""

    valid: bool
    events: int
    head: str
    first_bad_position: int | None


class Books(Protocol):
    """The books of every venue."""

    async def lines(self, venue_id: UUID, wanted: Wanted, *, after: int, limit: int) -> list[BookLine]:
        """Up to `limit` lines beyond a position, in order."""
        ...

    async def verify(self, venue_id: UUID, *, from_position: int) -> Verdict:
        """Recompute the chain from a position on; about 10 µs for each line."""
        ...
