"""Streams opened together: named first, then read in one round trip, then looked at or judged."""

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from application.house import House
from application.memory import AnyDecider, Remembered, load
from application.ports import Appended, Growth
from domain.shared.event import Decider, Event

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)


class Opened(Generic[S, C, E]):
    """One stream: its state as it was read, with what was decided since on top."""

    def __init__(self, decider: Decider[S, C, E], stream: UUID) -> None:
        """Begin before its first event."""
        self.decider = decider
        self.stream = stream
        self.state: S = decider.initial
        self.read: Remembered = Remembered(version=0, state=decider.initial)
        self._staged: tuple[E, ...] = ()

    @property
    def version(self) -> int:
        """Its version, or what that will be once what was decided is appended."""
        return self.read.version + len(self._staged)

    def decide(self, command: C) -> tuple[E, ...]:
        """Have it judge a command, and go on from what comes of it. Raises what its decider refuses with."""
        events = self.decider.decide(self.state, command)
        for event in events:
            self.state = self.decider.evolve(self.state, event)
        self._staged += events
        return events

    def judge(self, command: C) -> None:
        """Raise what its decider would refuse the command with; nothing comes of it."""
        self.decider.decide(self.state, command)

    def found(self, remembered: Remembered) -> None:
        """Take over what was read."""
        self.read = remembered
        self.state = remembered.state

    def growth(self) -> Growth:
        """Its part in an append."""
        return Growth(stream=self.stream, expected_version=self.read.version, events=self._staged)

    def grown(self, appended: Appended) -> Remembered | None:
        """What to remember of it once that is appended, if it grew."""
        if not self._staged:
            return None
        return Remembered(
            version=self.version, state=self.state, position=appended.last_position, recorded_at=appended.recorded_at
        )


class Reading:
    """Some streams of one venue. `at` is the time of day, `read_at` the ledger's clock when they were read."""

    def __init__(self, house: House, venue_id: UUID) -> None:
        """Nothing is read yet."""
        self.house = house
        self.venue_id = venue_id
        self.at: datetime = house.clock()
        self.read_at: datetime = self.at
        self.opened: dict[UUID, Opened[Any, Any, Any]] = {}
        self._unread: dict[UUID, AnyDecider] = {}

    def open(self, decider: Decider[S, C, E], stream: UUID) -> Opened[S, C, E]:
        """Name a stream to be read. Opened as something else already, it cannot be this: there is nothing to read."""
        if stream in self.opened:
            return Opened(decider, stream)
        self._unread[stream] = decider
        return self.begin(decider, stream)

    def begin(self, decider: Decider[S, C, E], stream: UUID) -> Opened[S, C, E]:
        """Name a stream that cannot exist yet, because its id was just made: there is nothing to read."""
        opened = Opened(decider, stream)
        self.opened[stream] = opened
        return opened

    async def load(self) -> None:
        """Read all that was opened since the last time, in one round trip."""
        if not self._unread:
            return
        loaded = await load(self.house.ledger, self.house.memory, self.venue_id, self._unread)
        self._unread = {}
        self.read_at = loaded.read_at
        for stream, remembered in loaded.streams.items():
            self.opened[stream].found(remembered)

    @property
    def position(self) -> int:
        """The last position of all that was read: no news for these streams is older."""
        return max((opened.read.position for opened in self.opened.values()), default=0)
