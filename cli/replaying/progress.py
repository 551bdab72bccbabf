"""How far a long replay is, on one line of a terminal that nothing else is written to."""

from collections.abc import Callable
from time import monotonic
from typing import Final, Self, TextIO

INTERVAL_S: Final = 0.5


class Progress:
    """Says `12,000 of 80,000 events` now and then, and takes it away at the end. Keeps quiet unless it is `visible`."""

    def __init__(self, stream: TextIO, *, total: int, visible: bool, clock_s: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._total = total
        self._visible = visible
        self._clock_s = clock_s
        self._next_s = clock_s() + INTERVAL_S
        self._width = 0

    def reached(self, events: int) -> None:
        """So many are done."""
        if not self._visible or self._clock_s() < self._next_s:
            return
        said = f"{events:,} of {self._total:,} events"
        self._stream.write(f"\r{said}")
        self._stream.flush()
        self._width = max(self._width, len(said))
        self._next_s = self._clock_s() + INTERVAL_S

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave an empty line behind, if anything was said."""
        if self._width:
            self._stream.write(f"\r{' ' * self._width}\r")
            self._stream.flush()
