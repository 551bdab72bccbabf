"""How each event is chained to the one before, said a second time and independently of the SQL.

    hash = sha256(previous hash ‖ encoding)

The encoding is these fields in this order, each as its length in bytes (4 bytes) and then its bytes: venue (16),
position (8), stream (16), version (4), tag (UTF-8), recorded_at (8: microseconds since 2000-01-01 00:00 UTC), actor,
request_id, caused_by (UTF-8), data. Numbers are big-endian two's complement. The hash before position 1 is 32 zero
bytes. Because every field carries its length, no two different events have the same encoding.

The chain shows that a history was altered, as long as someone remembers a hash from before: whoever may rewrite the
whole table may also rewrite every hash in it. Heads that auditors keep are what closes that door.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from infrastructure.ledger.entry import Entry

GENESIS: Final = bytes(32)
"""What stands before the first event."""

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def link(previous: bytes, venue_id: UUID, entry: Entry) -> bytes:
    """The hash that the entry must carry if `previous` is the hash of the position before. 32 bytes."""
    return sha256(previous + encoding(venue_id, entry)).digest()


def encoding(venue_id: UUID, entry: Entry) -> bytes:
    """The one byte string that stands for this event at this place."""
    fields = (
        venue_id.bytes,
        entry.position.to_bytes(8, "big", signed=True),
        entry.stream.bytes,
        entry.version.to_bytes(4, "big", signed=True),
        entry.tag.encode(),
        ((entry.recorded_at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True),
        entry.actor.encode(),
        entry.request_id.encode(),
        entry.caused_by.encode(),
        entry.data,
    )
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)
