"""Is this history the one that was written? Recompute every link, from the first event to the head."""

from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import Struct

from infrastructure.ledger.chain import GENESIS, link
from infrastructure.ledger.entry import Entry


class Verification(Struct, frozen=True, kw_only=True):
    """What was found. `events` is the last position and `head` the last hash, as the ledger itself has them.

    `first_bad_position` is the first one that is missing, altered, out of place, or beyond the head.
    """

    valid: bool
    events: int
    head: bytes
    first_bad_position: int | None


class LedgerEnd(Struct, frozen=True, kw_only=True):
    """Where a ledger says that it ends, and the last position that is really there, seen in the same moment."""

    position: int
    hash: bytes
    last_position: int


async def verify(venue_id: UUID, end: LedgerEnd, entries: AsyncIterator[Entry], start: int = 1) -> Verification:
    """Follow the chain up to `end`.

    `entries` are the ledger's in order, from the position before `start` on (that one's hash is taken as it stands;
    from the first one on where `start` is 1), and may go on beyond `end`, since a ledger grows while it is read.
    """
    bad = await _first_break(venue_id, end, entries, start)
    if bad is None and end.last_position > end.position:
        bad = end.position + 1
    return Verification(valid=bad is None, events=end.position, head=end.hash, first_bad_position=bad)


async def _first_break(venue_id: UUID, end: LedgerEnd, entries: AsyncIterator[Entry], start: int) -> int | None:
    expected, previous = max(start - 1, 1), None if start > 1 else GENESIS
    async for entry in entries:
        if expected > end.position:
            break
        if entry.position != expected:
            return expected
        if previous is not None and link(previous, venue_id, entry) != entry.hash:
            return expected
        previous = entry.hash
        expected += 1
    if expected <= end.position:
        return expected
    # An end that names another hash than the last event's was moved by hand, or the last event was replaced whole.
    if previous is not None and expected == end.position + 1 and previous != end.hash:
        return end.position
    return None
