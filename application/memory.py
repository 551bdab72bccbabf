"""What the process remembers of streams that it has read, so that a request only reads what is new.

Remembering is safe because nothing is decided on memory alone: a read brings it up to date, and the append refuses
whatever was judged at a version that is no longer the last.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from application.ports import Ledger, Recorded
from domain.shared.event import Decider

AnyDecider = Decider[Any, Any, Any]

STREAMS_MAX: Final = 10_000


class Remembered(Struct, frozen=True, kw_only=True):
    """A stream folded up to a version; `position` and `recorded_at` are its last event's, None before the first."""

    version: int
    state: Any
    position: int = 0
    recorded_at: datetime | None = None


class Memory:
    """The streams that were used last, by venue, stream and aggregate. It never goes backwards."""

    def __init__(self, streams_max: int = STREAMS_MAX) -> None:
        """Begin with nothing."""
        self._streams: OrderedDict[tuple[UUID, UUID, str], Remembered] = OrderedDict()
        self._streams_max = streams_max

    def recall(self, venue_id: UUID, stream: UUID, aggregate: str) -> Remembered | None:
        """What is remembered of a stream as that aggregate."""
        key = (venue_id, stream, aggregate)
        remembered = self._streams.get(key)
        if remembered is not None:
            self._streams.move_to_end(key)
        return remembered

    def keep(self, venue_id: UUID, stream: UUID, aggregate: str, remembered: Remembered) -> None:
        """Remember a stream, unless more of it is remembered already; the one used longest ago may go."""
        key = (venue_id, stream, aggregate)
        known = self._streams.get(key)
        if known is None or known.version < remembered.version:
            self._streams[key] = remembered
            self._streams.move_to_end(key)
        if len(self._streams) > self._streams_max:
            self._streams.popitem(last=False)

    def forget(self, venue_id: UUID, stream: UUID, aggregate: str) -> None:
        """Let the next read begin at the beginning."""
        self._streams.pop((venue_id, stream, aggregate), None)


class Loaded(Struct, frozen=True, kw_only=True):
    """Streams as they are now, and the ledger's clock at the time of reading."""

    streams: Mapping[UUID, Remembered]
    read_at: datetime


async def load(ledger: Ledger, memory: Memory, venue_id: UUID, wanted: Mapping[UUID, AnyDecider]) -> Loaded:
    """Several streams in one round trip, each folded by its own decider.

    A stream of another aggregate (somebody asked for an order by the id of a session) is as good as none.
    """
    known = {
        stream: memory.recall(venue_id, stream, decider.name) or Remembered(version=0, state=decider.initial)
        for stream, decider in wanted.items()
    }
    news = await ledger.read(venue_id, {stream: remembered.version for stream, remembered in known.items()})
    for stream, decider in wanted.items():
        recorded = news.events.get(stream, ())
        if recorded and type(recorded[0].event) in decider.events:
            known[stream] = folded(known[stream], decider, recorded)
            memory.keep(venue_id, stream, decider.name, known[stream])
    return Loaded(streams=known, read_at=news.read_at)


def folded(remembered: Remembered, decider: AnyDecider, news: Sequence[Recorded]) -> Remembered:
    """The stream some events later."""
    state = remembered.state
    for recorded in news:
        state = decider.evolve(state, recorded.event)
    last = news[-1]
    return Remembered(version=last.version, state=state, position=last.position, recorded_at=last.recorded_at)
