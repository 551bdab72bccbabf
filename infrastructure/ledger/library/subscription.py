"""Following a ledger from a thread: ask for what is new, and again a little later.

Positions are gapless and in commit order, so "beyond the last one seen" misses nothing, and asking is all it takes.
Nobody notifies: a NOTIFY inside the append would put all venues' commits in one line.
"""

from collections import deque
from collections.abc import Sequence
from threading import Event
from typing import Any, Final

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

BATCH: Final = 500
PAUSE_MIN_S: Final = 0.005
PAUSE_MAX_S: Final = 0.1


class LedgerSubscription(Subscription[ApplicationRecorder]):
    """Yields each notification beyond `gt` once and in order; waits at the end of the ledger until it is stopped."""

    def __init__(self, recorder: ApplicationRecorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder, gt=gt, topics=topics)
        self._waiting: deque[Notification] = deque()
        self._stopped = Event()

    def stop(self) -> None:
        """End the iteration, also from another thread and also while it waits."""
        super().stop()
        self._stopped.set()

    def __exit__(self, *args: object, **kwargs: Any) -> None:  # noqa: ANN401 - the library's signature
        super().__exit__(*args, **kwargs)
        self._waiting.clear()

    def __next__(self) -> Notification:
        pause_s = PAUSE_MIN_S
        while not self._stopped.is_set():
            if self._waiting:
                return self._waiting.popleft()
            self._pull()
            if not self._waiting:
                self._stopped.wait(pause_s)
                pause_s = min(2 * pause_s, PAUSE_MAX_S)
        raise StopIteration

    def _pull(self) -> None:
        """Fetch the next batch. Where a topic is rare, what lies before the head need not be searched twice."""
        head = self._recorder.max_notification_id() if self._topics else None
        self._waiting.extend(
            self._recorder.select_notifications(
                start=self._last_notification_id,
                limit=BATCH,
                topics=self._topics,
                inclusive_of_start=False,
            )
        )
        if self._waiting:
            self._last_notification_id = self._waiting[-1].id
        if head is not None and len(self._waiting) < BATCH:
            self._last_notification_id = max(head, self._last_notification_id or 0)
