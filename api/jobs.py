"""Work that outlasts a request: begun, waited for a little, then asked for again by name.

A job's name says all that is needed to begin it, so that a process that never heard of it can begin it anew.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Final

from application.books import Verdict

REMEMBERED_MAX: Final = 100
RUNNING_MAX: Final = 4


class TooManyJobs(Exception):
    """So much is being worked on that nothing more is begun now."""


class Jobs:
    """What this process is working on, and what came of the last hundred."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._tasks: OrderedDict[str, asyncio.Task[Verdict]] = OrderedDict()

    async def outcome(
        self, name: str, begin: Callable[[], Coroutine[Any, Any, Verdict]], *, wait_s: float, anew: bool
    ) -> Verdict | None:
        """What came of the job, or None if it takes longer than `wait_s`. Raises TooManyJobs and what the job raised.

        One that is under way is waited for. One that is done is begun `anew`, or its outcome told once more.
        """
        task = self._tasks.get(name)
        if task is None or (anew and task.done()):
            task = self._begin(name, begin)
        done, _ = await asyncio.wait({task}, timeout=wait_s)
        if not done:
            return None
        if task.exception() is not None:
            self._tasks.pop(name, None)
        return task.result()

    async def stop(self) -> None:
        """Give up what is still being worked on."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _begin(self, name: str, begin: Callable[[], Coroutine[Any, Any, Verdict]]) -> asyncio.Task[Verdict]:
        done = [other for other, task in self._tasks.items() if task.done()]
        if len(self._tasks) - len(done) >= RUNNING_MAX:
            raise TooManyJobs
        for other in done[:-REMEMBERED_MAX]:
            self._tasks.pop(other)
        task = asyncio.create_task(begin())
        self._tasks[name] = task
        self._tasks.move_to_end(name)
        return task
