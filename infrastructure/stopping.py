"""Stopping for sure. A task cancelled within a database call may see that call's error instead of its own end."""

import asyncio


def told_to_stop() -> bool:
    """Whether the running task was cancelled, even if somebody on the way turned that into another error.

    Whoever goes on after any error, for ever, asks this before the next round; else one lost cancellation is enough
    to keep a process from ending.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
