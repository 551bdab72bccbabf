"""Work that goes on though nobody waits for it: a charge whose guest hung up, the refund after a cancellation."""

import asyncio
from collections.abc import Coroutine
from logging import getLogger
from typing import Any, Final, TypeVar

T = TypeVar("T")

TASKS_MAX: Final = 1_000


class Background:
    """A bounded set of tasks. What is lost with the process is found again by the reconciler."""

    def __init__(self, tasks_max: int = TASKS_MAX) -> None:
        """Begin with nothing to do."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._tasks_max = tasks_max

    async def see_through(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it and return its result; a caller who goes away does not stop it."""
        return await asyncio.shield(self._begin(work))

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do it some time soon, or leave it to the reconciler where there is too much to do already."""
        if len(self._tasks) >= self._tasks_max:
            work.close()
            return
        self._begin(work).add_done_callback(_tell_failure)

    async def drain(self, timeout_s: float) -> None:
        """Wait for what is under way, and give up on the rest."""
        tasks = set(self._tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=timeout_s)
            for task in late:
                task.cancel()

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _tell_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (failure := task.exception()) is not None:
        # Only the kind of failure: its text could hold anything.
        getLogger("comanda").warning("background work failed: %s", type(failure).__name__)
