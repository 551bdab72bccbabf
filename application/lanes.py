"""Turns: within one process, those who want the same thing wait in line for it instead of getting in each other's way.

Between processes nobody waits: there the ledger decides, by refusing whoever judged at an old version.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from msgspec import Struct

from application.errors import Busy


class Lane(Struct, eq=False):
    """One line and the number of those in it."""

    lock: asyncio.Lock
    people: int = 0


class Lanes:
    """One line for each thing that somebody is waiting for, and none for the others."""

    def __init__(self) -> None:
        """Begin with no lines."""
        self._lanes: dict[Hashable, Lane] = {}

    @property
    def busy(self) -> bool:
        """Whether anybody has or waits for a turn."""
        return bool(self._lanes)

    @asynccontextmanager
    async def turn(self, thing: Hashable, timeout_s: float) -> AsyncIterator[None]:
        """Wait for one's turn, first come first served. Busy where it does not come in time."""
        lane = self._lanes.setdefault(thing, Lane(lock=asyncio.Lock()))
        lane.people += 1
        try:
            await _acquire(lane.lock, timeout_s)
            try:
                yield
            finally:
                lane.lock.release()
        finally:
            lane.people -= 1
            if not lane.people:
                self._lanes.pop(thing, None)


async def _acquire(lock: asyncio.Lock, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await lock.acquire()
    except TimeoutError:
        raise Busy("Too many want the same at once; ask again in a moment.") from None
