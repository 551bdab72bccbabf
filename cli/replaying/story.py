"""What is to be told: which events of a ledger, in order, up to when."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from cli.errors import CommandFailed
from cli.replaying.progress import Progress
from domain.order.events import OrderPlaced
from domain.shared.ids import bill_stream
from infrastructure.ledger.entry import Entry, Filters
from infrastructure.ledger.recorder import BATCH, PostgresLedger

PLACED: Final = "order.placed."
"""How the tag of every version of OrderPlaced begins."""

MICROSECOND: Final = timedelta(microseconds=1)


class End(Struct, frozen=True, kw_only=True):
    """Where to stop: after this position, or after this moment."""

    position: int
    recorded_at: datetime | None = None

    def passed(self, entry: Entry) -> bool:
        """Whether the entry, and so every later one, is not to be told any more."""
        return entry.position > self.position or (self.recorded_at is not None and entry.recorded_at > self.recorded_at)


def end_of(until: int | date | datetime | None, head: int, zone: ZoneInfo) -> End:
    """What somebody meant: a position; a day, to its end; a time, on the venue's clock where it names no other."""
    match until:
        case None:
            return End(position=head)
        case int():
            return End(position=min(until, head))
        case datetime():
            at = until if until.tzinfo else until.replace(tzinfo=zone)
            return End(position=head, recorded_at=at)
        case date():
            midnight = datetime.combine(until + timedelta(days=1), time(), tzinfo=zone)
            return End(position=head, recorded_at=midnight.astimezone(UTC) - MICROSECOND)


async def everything(ledger: PostgresLedger, venue_id: UUID, end: End) -> AsyncIterator[list[Entry]]:
    """All events of a venue, a batch at a time."""
    after = 0
    while batch := await ledger.entries(venue_id, after):
        told = [entry for entry in batch if not end.passed(entry)]
        if told:
            yield told
        if len(told) < len(batch):
            return
        after = batch[-1].position


async def of_order(ledger: PostgresLedger, venue_id: UUID, order_id: UUID, end: End) -> list[Entry]:
    """The events of an order and its bill, in the order in which they happened. CommandFailed where there is none."""
    found: list[Entry] = []
    for stream in (order_id, bill_stream(order_id)):
        after = 0
        while batch := await ledger.entries(venue_id, after, BATCH, Filters(stream=stream)):
            found += batch
            after = batch[-1].position
    found = sorted((entry for entry in found if not end.passed(entry)), key=lambda entry: entry.position)
    if not found or not found[0].tag.startswith(PLACED):
        raise CommandFailed(f"there is no order {order_id} in this venue by then.")
    return found


async def order_by_number(ledger: PostgresLedger, venue_id: UUID, number: int, end: End, progress: Progress) -> UUID:
    """The latest order that was called out by that number. CommandFailed where there is none."""
    latest: UUID | None = None
    async for batch in everything(ledger, venue_id, end):
        for entry in batch:
            if entry.tag.startswith(PLACED):
                event = ledger.decode(entry).event
                if isinstance(event, OrderPlaced) and event.number == number:
                    latest = event.order_id
        progress.reached(batch[-1].position)
    if latest is None:
        raise CommandFailed(f"there is no order #{number} in this venue by then.")
    return latest
