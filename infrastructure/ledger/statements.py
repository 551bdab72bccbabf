"""The ledger's statements, and how their parameters and rows are packed. Async and sync callers share them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from msgspec import Struct

from infrastructure.ledger.entry import Entry

APPEND: Final = """
    select outcome, last_position, appended_at, first_fingerprint, first_status, first_body, first_subject
    from ledger_append(
        %b::uuid, %b::bytea, %b::bytea, %b::integer, %b::bytea, %b::uuid, %b::interval,
        %b::uuid[], %b::integer[], %b::integer[], %b::text[], %b::bytea[], %b::text, %b::text, %b::text,
        %b::text, %b::bigint
    )"""

READ: Final = """
    select stream, read_at, position, version, tag, recorded_at, actor, request_id, caused_by, data
    from ledger_read(%b::uuid, %b::uuid[], %b::integer[])"""

RECEIPT: Final = """
    select fingerprint, status, body, subject, position
    from receipts where venue_id = %b::uuid and key = %b::bytea"""

HEAD: Final = "select position from heads where venue_id = %b::uuid"

END: Final = """
    select h.position, h.hash, (select max(e.position) from events e where e.venue_id = v.venue_id)
    from (values (%b::uuid)) as v (venue_id) left join heads h on h.venue_id = v.venue_id"""

VENUES: Final = "select venue_id, position from heads where position > 0 order by venue_id"

RECORDED_AT: Final = """
    select coalesce(
        (select recorded_at from events where venue_id = %b::uuid and position = %b::bigint), clock_timestamp()
    )"""

ENTRIES: Final = """
    select position, stream, version, tag, recorded_at, actor, request_id, caused_by, data, hash
    from events where venue_id = %(venue_id)b::uuid and position > %(after)b::bigint"""

FILTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tag": "and tag = %(tag)b::text",
        "stream": "and stream = %(stream)b::uuid",
        "actor": "and actor = %(actor)b::text",
        "since": "and recorded_at >= %(since)b::timestamptz",
        "until": "and recorded_at < %(until)b::timestamptz",
    }
)

DISCARD_RECEIPTS: Final = """
    with expired as (
        select r.key from receipts r
        where r.venue_id = %(venue_id)b::uuid and r.kept_until < statement_timestamp()
        order by r.kept_until limit %(limit)b::integer
    ), discarded as (
        delete from receipts r using expired e where r.venue_id = %(venue_id)b::uuid and r.key = e.key returning 1
    )
    select count(*) from discarded"""

STREAM: Final = """
    select stream, version, tag, data from events
    where venue_id = %b::uuid and stream = %b::uuid
        and version > coalesce(%b::integer, -1) and version <= coalesce(%b::integer, 2147483647)
    order by version limit %b::integer"""

STREAM_BACKWARDS: Final = STREAM.replace("order by version", "order by version desc")

NOTIFICATIONS: Final = """
    select stream, version, tag, data, position from events
    where venue_id = %b::uuid
        and position > coalesce(%b::bigint, 0) and position <= coalesce(%b::bigint, 9223372036854775807)
        and tag = any (coalesce(%b::text[], array[tag]))
    order by position limit %b::integer"""

BOOKMARK: Final = "select position from bookmarks where venue_id = %b::uuid and name = %b::text"

KEEP_SNAPSHOTS: Final = """
    insert into snapshots (venue_id, purpose, stream, version, tag, data)
    select %b::uuid, %b::text, s.stream, s.version, s.tag, s.data
    from unnest(%b::uuid[], %b::integer[], %b::text[], %b::bytea[]) as s (stream, version, tag, data)
    returning version"""

SNAPSHOTS: Final = """
    select stream, version, tag, data from snapshots
    where venue_id = %b::uuid and purpose = %b::text and stream = %b::uuid
        and version > coalesce(%b::integer, -1) and version <= coalesce(%b::integer, 2147483647)
    order by version limit %b::integer"""

SNAPSHOTS_BACKWARDS: Final = SNAPSHOTS.replace("order by version", "order by version desc")


class Draft(Struct, frozen=True, kw_only=True):
    """An append as the SQL function takes it. Each judged stream comes with the version it was judged at.

    `stored` are the new events in their order, each for a judged stream and with that stream's next version.
    `bookmark` is a reader's name and the position it has reached, kept in the same transaction.
    """

    venue_id: UUID
    judged: dict[UUID, int]
    stored: Sequence[StoredEvent]
    actor: str
    request_id: str
    caused_by: str
    key: bytes
    fingerprint: bytes
    keep_for: timedelta
    status: int = 0
    body: bytes = b""
    subject: UUID | None = None
    bookmark: tuple[str | None, int | None] = (None, None)

    def parameters(self) -> tuple[Any, ...]:
        """The parameters of APPEND."""
        places: dict[UUID | str, int] = {stream: place for place, stream in enumerate(self.judged, start=1)}
        return (
            self.venue_id,
            self.key,
            self.fingerprint,
            self.status,
            self.body,
            self.subject,
            self.keep_for,
            list(self.judged),
            list(self.judged.values()),
            [places[event.originator_id] for event in self.stored],
            [event.topic for event in self.stored],
            [event.state for event in self.stored],
            self.actor,
            self.request_id,
            self.caused_by,
            *self.bookmark,
        )


class Verdict(Struct, frozen=True):
    """What APPEND answers, in the order of its columns. The `first_` ones are the stored receipt of a duplicate."""

    outcome: str
    last_position: int | None
    appended_at: datetime | None
    first_fingerprint: bytes | None
    first_status: int | None
    first_body: bytes | None
    first_subject: UUID | None

    def repeats(self, draft: Draft) -> bool:
        """Whether the stored receipt is, byte for byte, the one that this draft would have stored."""
        stored = (self.first_fingerprint, self.first_status, self.first_body, self.first_subject)
        return self.outcome == "duplicate" and stored == (draft.fingerprint, draft.status, draft.body, draft.subject)


def entry_of(row: Sequence[Any]) -> Entry:
    """A row of ENTRIES."""
    position, stream, version, tag, recorded_at, actor, request_id, caused_by, data, link = row
    return Entry(
        position=position,
        stream=stream,
        version=version,
        tag=tag,
        recorded_at=recorded_at,
        actor=actor,
        request_id=request_id,
        caused_by=caused_by,
        data=data,
        hash=link,
    )
