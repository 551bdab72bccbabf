"""Which venues have something to do, each at most once and never in two hands at a time."""

import asyncio
from collections.abc import Iterable
from uuid import UUID


class DueVenues:
    """A queue of venues without repetitions. A venue that is added while in hand comes again after it was put down."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[UUID] = asyncio.Queue()
        self._waiting: set[UUID] = set()
        self._in_hand: set[UUID] = set()
        self._again: set[UUID] = set()

    def add(self, venue_ids: Iterable[UUID]) -> None:
        """Say that these venues may have something to do."""
        for venue_id in venue_ids:
            if venue_id in self._in_hand:
                self._again.add(venue_id)
            elif venue_id not in self._waiting:
                self._waiting.add(venue_id)
                self._queue.put_nowait(venue_id)

    async def take(self) -> UUID:
        """Wait for the next venue, and take it in hand."""
        venue_id = await self._queue.get()
        self._waiting.discard(venue_id)
        self._in_hand.add(venue_id)
        return venue_id

    def put_down(self, venue_id: UUID, *, more: bool) -> None:
        """Let go of a venue; with `more` to do, it goes to the end of the queue, so that others get their turn."""
        self._in_hand.discard(venue_id)
        if more or venue_id in self._again:
            self._again.discard(venue_id)
            self.add([venue_id])
