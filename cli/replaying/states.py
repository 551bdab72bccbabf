"""What streams had come to at each moment of a ledger, while it is walked through from event to event."""

from collections import OrderedDict
from typing import Any, Final
from uuid import UUID

from application.memory import AnyDecider
from application.ports import Recorded
from infrastructure.ledger.recorder import PostgresLedger

STREAMS_MAX: Final = 2_000
"""How many streams are kept folded. One that was let go is read again when it moves on, which is only slower."""


class States:
    """Every stream as it stood just before a position. Positions may only grow from call to call."""

    def __init__(self, ledger: PostgresLedger, venue_id: UUID, streams_max: int = STREAMS_MAX) -> None:
        self._ledger = ledger
        self._venue_id = venue_id
        self._streams_max = streams_max
        self._folded: OrderedDict[UUID, Any] = OrderedDict()

    async def before(self, decider: AnyDecider, stream: UUID, position: int) -> Any:  # noqa: ANN401 - its decider's
        """The stream folded by its own decider, up to but without what stands at that position."""
        if stream not in self._folded:
            found = (await self._ledger.read(self._venue_id, {stream: 0})).events[stream]
            state = decider.initial
            for recorded in found:
                if recorded.position < position:
                    state = decider.evolve(state, recorded.event)
            self._keep(stream, state)
        self._folded.move_to_end(stream)
        return self._folded[stream]

    async def step(self, decider: AnyDecider, recorded: Recorded) -> tuple[Any, Any]:
        """The event's stream before and after it."""
        if recorded.version == 1:
            self._keep(recorded.stream, decider.initial)
        before = await self.before(decider, recorded.stream, recorded.position)
        after = decider.evolve(before, recorded.event)
        self._keep(recorded.stream, after)
        return before, after

    def _keep(self, stream: UUID, state: object) -> None:
        self._folded[stream] = state
        self._folded.move_to_end(stream)
        if len(self._folded) > self._streams_max:
            self._folded.popitem(last=False)
