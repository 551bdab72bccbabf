"""Order numbers that this process has set aside: a block per venue and business day. What is not used stays a gap."""

from collections import OrderedDict, deque
from datetime import date
from typing import Final
from uuid import UUID

DAYS_MAX: Final = 10_000


class Numbers:
    """The blocks at hand. The ones used longest ago are let go."""

    def __init__(self, days_max: int = DAYS_MAX) -> None:
        """Begin with no numbers."""
        self._blocks: OrderedDict[tuple[UUID, date], deque[int]] = OrderedDict()
        self._days_max = days_max

    def take(self, venue_id: UUID, day: date) -> int | None:
        """The next number at hand, or None where a block has to be reserved first."""
        block = self._blocks.get((venue_id, day))
        return block.popleft() if block else None

    def give_back(self, venue_id: UUID, day: date, number: int) -> None:
        """Let the next one have a number that came to nothing."""
        self._blocks.setdefault((venue_id, day), deque()).appendleft(number)

    def put(self, venue_id: UUID, day: date, numbers: range) -> None:
        """Set a reserved block aside."""
        block = self._blocks.setdefault((venue_id, day), deque())
        block.extend(numbers)
        self._blocks.move_to_end((venue_id, day))
        if len(self._blocks) > self._days_max:
            self._blocks.popitem(last=False)
