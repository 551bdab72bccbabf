"""A process that was started to serve another one ends with it, also when that one was killed.

No signal tells a process that its parent is gone, but it gets another parent then, and that can be looked at. The first
farewell is the polite one, so that open requests are answered; who does not heed it in time is ended for good.

GNU make is a parent of a special kind. A SIGINT that is sent to it alone, and not by a Ctrl-C to everybody in front of
the terminal, it does not pass on: it waits for its children to end by themselves, and would wait for ever.
"""

import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "COMANDA_PARENT_PID"
LOOK_EVERY_S = 0.2
PATIENCE_S = 1.5
MAKES = frozenset({"make", "gmake"})
# The signals that make waits upon without passing them on; SIGTERM it passes on.
KEPT_BY_MAKE = (signal.SIGINT, signal.SIGHUP)
LOOKS = 2
ASK_AGAIN_S = 5.0


def end_with_parent(environment: Mapping[str, str]) -> None:
    """Guard this process if the environment names the parent that it belongs to."""
    named = environment.get(VARIABLE, "")
    if named.isdigit():
        end_with(int(named))


def end_with(parent_pid: int) -> None:
    """From now on, end this process as soon as `parent_pid` is not its parent any more."""
    threading.Thread(target=_watch, args=(parent_pid,), name="orphan-guard", daemon=True).start()


def interrupt_with_make(parent_pid: int) -> None:
    """From now on, let a SIGINT that only the make `parent_pid` was sent end this process like a Ctrl-C.

    Where the parent is no make, or there is no /proc to see it in, nothing happens.
    """
    threading.Thread(target=_listen, args=(parent_pid,), name="make-guard", daemon=True).start()


def waits_for_its_children_to_end(status: str) -> bool:
    """Whether a /proc/PID/status is that of a make that was told to end and now waits for its children.

    Its handler sets the signal to its default and goes on waiting, so that the signal is blocked and no longer caught.
    """
    told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    try:
        blocked, ignored, caught = (int(told[name], 16) for name in ("SigBlk", "SigIgn", "SigCgt"))
    except (KeyError, ValueError):
        return False
    kept = blocked & ~ignored & ~caught
    return told.get("Name") in MAKES and any(kept >> (number - 1) & 1 for number in KEPT_BY_MAKE)


def _listen(make_pid: int) -> None:
    looks = 0
    while os.getppid() == make_pid:
        try:
            status = Path(f"/proc/{make_pid}/status").read_text()
        except OSError:
            return
        # More than once in a row, so that no state in passing is taken for it.
        looks = looks + 1 if waits_for_its_children_to_end(status) else 0
        if looks == LOOKS:
            looks = 0
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(ASK_AGAIN_S)
        time.sleep(LOOK_EVERY_S)


def _watch(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os.kill(os.getpid(), signal.SIGKILL)
