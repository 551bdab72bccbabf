"""A process that was started to serve another one ends with it, also when that one was killed.

No signal tells a process that its parent is gone, but it gets another parent then, and that can be looked at. The first
farewell is the polite one, so that open requests are answered; who does not heed it in time is ended for good.
"""

import os
import signal
import threading
import time
from collections.abc import Mapping

VARIABLE = "COMANDA_PARENT_PID"
LOOK_EVERY_S = 0.2
PATIENCE_S = 1.5


def end_with_parent(environment: Mapping[str, str]) -> None:
    """Guard this process if the environment names the parent that it belongs to."""
    named = environment.get(VARIABLE, "")
    if named.isdigit():
        end_with(int(named))


def end_with(parent_pid: int) -> None:
    """From now on, end this process as soon as `parent_pid` is not its parent any more."""
    threading.Thread(target=_watch, args=(parent_pid,), name="orphan-guard", daemon=True).start()


def _watch(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os.kill(os.getpid(), signal.SIGKILL)
