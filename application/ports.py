"""What the application needs of the world: a ledger, a keyring and a clock. Infrastructure fulfils these."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from domain.shared.event import Event
from domain.shared.sealed import Sealed


class Recorded(Struct, frozen=True, kw_only=True):
    """An event as the ledger keeps it, with its envelope. `position` counts 1, 2, 3, … within the venue."""

    position: int
    stream: UUID
    version: int
    recorded_at: datetime
    actor: str
    request_id: str
    caused_by: str
    event: Event


class Growth(Struct, frozen=True, kw_only=True):
    """One stream's part in an append: the version it was judged at, and what happens to it (nothing, if only judged).

    The first event gets version `expected_version + 1`; 0 says that the stream does not exist yet.
    """

    stream: UUID
    expected_version: int
    events: tuple[Event, ...] = ()


class Answer(Struct, frozen=True, kw_only=True):
    """What a command was answered with: a status as on the wire and the JSON of its `data` or of its refusal."""

    status: int
    body: bytes


class ReceiptKey(Struct, frozen=True, kw_only=True):
    """What makes doing it twice impossible.

    `key`: 32 bytes, the hash of actor and client key, or random where the client sent none.
    `fingerprint`: 32 bytes, the hash of the request without its key; the same key with another one is a misuse.
    """

    key: bytes
    fingerprint: bytes
    keep_for: timedelta


class Receipt(Struct, frozen=True, kw_only=True):
    """A stored answer. `body` is ciphertext under `subject`'s key where there is a subject."""

    fingerprint: bytes
    status: int
    body: bytes
    subject: UUID | None
    position: int


class Append(Struct, frozen=True, kw_only=True):
    """All of one command's effect: everything in here is committed in one transaction, or nothing of it."""

    venue_id: UUID
    growths: tuple[Growth, ...]
    actor: str
    request_id: str
    caused_by: str
    receipt_key: ReceiptKey
    status: int = 0
    body: bytes = b""
    subject: UUID | None = None


class Appended(Struct, frozen=True, kw_only=True):
    """It happened: `last_position` is the venue's position that it brought about (the head, if there was no event)."""

    last_position: int
    recorded_at: datetime


class Conflict(Struct, frozen=True, kw_only=True):
    """A judged stream had moved on; nothing was written. Load again and decide again."""


class Duplicate(Struct, frozen=True, kw_only=True):
    """This receipt key was used before; nothing was written. Here is what was answered then."""

    receipt: Receipt


class Streams(Struct, frozen=True, kw_only=True):
    """What a read found: events by version within each stream that was asked for, and the database's clock."""

    events: Mapping[UUID, Sequence[Recorded]]
    read_at: datetime


class LedgerUnavailable(Exception):
    """The database cannot be reached or did not answer in time, and it is certain or harmless that nothing happened."""


class OutcomeUnknown(LedgerUnavailable):
    """The database went away while committing, and asking again with the same receipt key found no answer either."""


class Ledger(Protocol):
    """The ordered list of all that happened in each venue. Every call is bounded in time."""

    async def read(self, venue_id: UUID, after: Mapping[UUID, int]) -> Streams:
        """The events of several streams beyond the given versions, in one round trip."""
        ...

    async def append(self, append: Append) -> Appended | Conflict | Duplicate:
        """Commit all of it, or say why not. Raises LedgerUnavailable or OutcomeUnknown."""
        ...

    async def receipt(self, venue_id: UUID, key: bytes) -> Receipt | None:
        """The receipt stored under a key, if any."""
        ...

    async def head(self, venue_id: UUID) -> int:
        """The venue's last position; 0 where nothing happened yet."""
        ...


class Keyring(Protocol):
    """One key per person and venue, kept outside the ledger. Losing a key forgets what it sealed."""

    async def create(self, venue_id: UUID, subject: UUID) -> None:
        """Make the person's key. Doing it again changes nothing."""
        ...

    async def seal(self, venue_id: UUID, subject: UUID, text: str) -> Sealed:
        """Encrypt a text under the person's key, bound to venue and person. KeyError where the key is gone."""
        ...

    async def unseal(self, venue_id: UUID, boxes: Sequence[Sealed]) -> list[str | None]:
        """The texts again, in order; None where a key was destroyed. Keys not at hand are fetched in one round trip."""
        ...


class Clock(Protocol):
    """The time of day, as an aware UTC datetime."""

    def __call__(self) -> datetime:
        """Return the present moment."""
        ...
