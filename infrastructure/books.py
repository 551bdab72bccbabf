"""Fulfils `application.books.Books` from the PostgreSQL ledger."""

from uuid import UUID

from msgspec import Raw

from application.books import BookLine, Verdict, Wanted
from infrastructure.ledger.entry import Filters
from infrastructure.ledger.recorder import PostgresLedger


class LedgerBooks:
    """The ledger's lines, as auditors read them."""

    def __init__(self, ledger: PostgresLedger) -> None:
        """Read that ledger; nothing is ever written."""
        self._ledger = ledger

    async def lines(self, venue_id: UUID, wanted: Wanted, *, after: int, limit: int) -> list[BookLine]:
        """Up to `limit` lines beyond a position, in order."""
        filters = Filters(
            tag=wanted.tag, stream=wanted.stream, actor=wanted.actor, since=wanted.since, until=wanted.until
        )
        return [
            BookLine(
                position=entry.position,
                stream=entry.stream,
                version=entry.version,
                tag=entry.tag,
                recorded_at=entry.recorded_at,
                actor=entry.actor,
                request_id=entry.request_id,
                caused_by=entry.caused_by,
                data=Raw(entry.data),
                hash=entry.hash,
            )
            for entry in await self._ledger.entries(venue_id, after, limit, filters)
        ]

    async def verify(self, venue_id: UUID, *, from_position: int) -> Verdict:
        """Recompute the chain from a position on."""
        found = await self._ledger.verify(venue_id, from_position)
        return Verdict(
            valid=found.valid,
            events=found.events,
            head=found.head.hex(),
            first_bad_position=found.first_bad_position,
        )
