"""Programs under test, and a look at which processes there are."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg
from msgspec import Struct

from infrastructure.postgres import reaper
from infrastructure.postgres.places import Place, place_of

ROOT = Path(__file__).resolve().parent.parent.parent
GONE_WITHIN_S = 5.0
START_TIMEOUT_S = 60.0


class Holder(Struct, frozen=True):
    """A process that holds the database of `folder`."""

    process: subprocess.Popen[str]
    folder: Path
    dsn: str
    app_dsn: str
    admin_dsn: str

    @property
    def place(self) -> Place:
        return place_of(self.folder)

    @property
    def postmaster(self) -> int:
        return int((self.place.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def kill(self) -> None:
        """Kill -9."""
        self.process.kill()
        self.process.wait()

    def let_go(self) -> None:
        """End in peace."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(timeout=START_TIMEOUT_S) == 0


def begin(
    folder: Path,
    *,
    keep: bool = True,
    python: str = sys.executable,
    root: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
) -> subprocess.Popen[str]:
    """Start a holder and do not wait for it."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [python, "-m", "tests.setup.holder", str(folder), "keep" if keep else "drop"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**inherited, **(environment or {})},
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )


def ready(process: subprocess.Popen[str], folder: Path) -> Holder:
    """The holder, once it has the database."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the holder ended with {process.wait()}"
    return Holder(process, folder, **json.loads(line))


@contextlib.contextmanager
def holding(folder: Path, *, keep: bool = True) -> Iterator[Holder]:
    """A holder that is gone afterwards, whatever the test did to it."""
    process = begin(folder, keep=keep)
    try:
        yield ready(process, folder)
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Kill it if it lives, and close its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def lives(pid: int) -> bool:
    return reaper.birth(pid) is not None


def gone(condition: Callable[[], bool], *, within_s: float = GONE_WITHIN_S) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def processes_with(words: str) -> list[int]:
    """The living processes whose command line contains `words`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if words in command and int(entry.name) != os.getpid() and lives(int(entry.name)):
                found.append(int(entry.name))
    return found


def reapers_of(place: Place) -> list[int]:
    return [pid for pid in processes_with(str(place.reaper_lock)) if "reaper.py" in _command(pid)]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def value(dsn: str, query: str) -> object:
    """What a query answers, in its first column; it is committed."""
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
