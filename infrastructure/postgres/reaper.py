"""Starts one PostgreSQL server and stops it again once nobody holds it any more.

Runs as a process of its own, detached from whoever asked for it, so that no kill −9 of a demo or a test run can leave a
server behind. Holding means a shared flock on `holders.lock`: the kernel lets go of it when a process ends, however it
ends, so the locks are the reference count and no pid file has to be believed. The reaper asks for the same lock
exclusively, again and again; getting it means that the last holder is gone.

While it lives it holds `reaper.lock`, and it ends as soon as its postmaster has: that lock being taken is how the
others know that the server is up and guarded.

Only the standard library, imported before the first fork, and nothing read afterwards: the virtual environment, the
clone and even the data may be deleted while this runs. What it signals is a pid together with the time that process
was born, so a pid that has been given to another program is left alone.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

POLL_S = 0.1
LOCK_WAIT_S = 5.0
# A postmaster is asked three times, each time less politely: the first two leave the data sound, and the third leaves
# them as a power cut would, which the next start recovers from. Together below the five seconds that are promised.
FAREWELLS = ((signal.SIGINT, 2.5), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0))


class Task(TypedDict):
    """What the launcher hands over. An empty `command` means: adopt the postmaster `pid`, whose reaper was killed."""

    holders_lock: str
    reaper_lock: str
    command: list[str]
    log: str
    account: tuple[int, int] | None
    pid: int
    born: str
    remove: list[str]


def birth(pid: int) -> str | None:
    """When the living process `pid` was born, as the system writes it; None if there is none (a zombie is none)."""
    if Path("/proc/self/stat").exists():
        try:
            # The command's name stands in parentheses and may hold anything, so the fields are counted from behind it.
            state, *fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except (OSError, ValueError):
            return None
        return None if state in "ZX" else fields[18]
    told = subprocess.run(  # noqa: S603 - a fixed command and a number.
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return None if len(told) < 2 or told[0].startswith("Z") else told[1].strip()  # noqa: PLR2004 - state and time.


def stop(pid: int, born: str) -> None:
    """End the postmaster `pid` if it still is the process that was `born` then; returns when it is gone."""
    for farewell, patience_s in FAREWELLS:
        if birth(pid) != born:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, farewell)
        deadline = time.monotonic() + patience_s
        while birth(pid) == born and time.monotonic() < deadline:
            _bury_children()
            time.sleep(0.02)


def remove(folder: str) -> None:
    """Delete the folder; it is out of the way at once, so whoever makes a new one there does not lose any of it."""
    doomed = f"{folder}.gone"
    shutil.rmtree(doomed, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        Path(folder).rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def main() -> None:
    """Take `reaper.lock`, detach, start or adopt the postmaster that argument 1, a `Task`, tells, and watch."""
    task: Task = json.loads(sys.argv[1])
    own = os.open(task["reaper_lock"], os.O_RDWR | os.O_CREAT, 0o600)
    holders = os.open(task["holders_lock"], os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_WAIT_S
    while not _try_lock(own):
        if time.monotonic() > deadline:
            sys.exit("another reaper does not end")
        time.sleep(POLL_S)
    # The lock belongs to the open file, which the fork shares: it is never free between the parent and the child.
    if os.fork():
        os._exit(0)
    os.setsid()
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.chdir("/")
    pid, born = _start(task) if task["command"] else (task["pid"], task["born"])
    try:
        while birth(pid) == born and not _try_lock(holders):
            _bury_children()
            time.sleep(POLL_S)
    finally:
        # Also after SIGTERM: whoever sends that wants the server gone, and one without a reaper could stay forever.
        stop(pid, born)
        _bury_children()
        if task["remove"] and _try_lock(holders):
            for folder in task["remove"]:
                remove(folder)


def _start(task: Task) -> tuple[int, str]:
    user, group = task["account"] or (None, None)
    with Path(task["log"]).open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 - the command is the launcher's own.
            task["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    return server.pid, birth(server.pid) or ""


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _bury_children() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    main()
