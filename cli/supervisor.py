"""Programs that live and die together.

They are started as children of this process, each in a session of its own, so that Ctrl-C reaches only us and the end
is orderly. If one ends, all are stopped; if we are killed, each child's guard notices (see guard.py). A child that has
ended is not waited for until its whole process group is gone: until then its number cannot be given to anybody else.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from cli import guard
from cli.errors import CommandFailed

POLL_S = 0.1
STOP_TIMEOUT_S = 3.5
SAME_WISH_S = 5.0
LAST_WORDS_LINES = 15


class Child(Struct, frozen=True):
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def ended(self) -> bool:
        """Whether it has; what is left of its process group is not looked at."""
        return self._end() is not None

    def obituary(self) -> str:
        """How it ended, and what it said last."""
        end = self._end()
        if end is None:
            how = "has ended"
        elif end.si_code == os.CLD_EXITED:
            how = f"ended with status {end.si_status}"
        else:
            how = f"was killed by {signal.Signals(end.si_status).name}"
        words = self.log.read_text(errors="replace").splitlines()[-LAST_WORDS_LINES:]
        if not any(words):
            return f"the {self.name} {how}. Its log {self.log} is empty."
        return "\n".join([f"the {self.name} {how}. The end of {self.log}:", *words])

    def _end(self) -> os.waitid_result | None:
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)

    def signal(self, number: signal.Signals) -> None:
        """Tell its whole group if the child itself can no longer pass it on, else only the child."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.ended() or number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)


class Family:
    """The children of this process, in the order of their birth."""

    def __init__(self, folder: Path) -> None:
        """Their logs go to `folder`, NAME.log each."""
        self._folder = folder
        self._children: list[Child] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], where: Path) -> None:
        """Start a program as the child `name`; its guard is told whose child it is."""
        log = self._folder / f"{name}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(  # noqa: S603 - our own programs.
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=where,
                env={**environment, guard.VARIABLE: str(os.getpid())},
                start_new_session=True,
            )
        self._children.append(Child(name, process, log))

    def check(self) -> None:
        """Raise `CommandFailed`, with its end and that of its log, if one of them has ended."""
        for child in self._children:
            if child.ended():
                raise CommandFailed(child.obituary())

    def wait_until(self, ready: Callable[[], bool], what: str, *, timeout_s: float) -> None:
        """Return when `ready` says so. Raises `CommandFailed` if a child ends before, or it takes too long."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise CommandFailed(f"{what} did not answer within {timeout_s:.0f} s; the logs are in {self._folder}.")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Ask all of them to end, and make them. Returns when none is left."""
        for child in self._children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while not all(child.ended() for child in self._children) and time.monotonic() < deadline:
            time.sleep(POLL_S / 2)
        for child in self._children:
            # Also where the child itself has ended: granian's worker outlives a granian that was killed.
            child.signal(signal.SIGKILL)
            child.process.wait()
        self._children.clear()


@contextlib.contextmanager
def family(folder: Path) -> Iterator[Family]:
    """Children that are gone when the block is left, however it is left."""
    children = Family(folder)
    try:
        yield children
    finally:
        with _undisturbed():
            children.stop()


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and a closed terminal end the block, by KeyboardInterrupt.

    A shell starts what runs in the background deaf to SIGINT, and then Python is deaf too; who sends one means it. Who
    started us with nohup means that as well.

    Who is impatient and asks again soon means the same end, and does not disturb it.
    """
    asked_at_s = -SAME_WISH_S

    def interrupt(*_: object) -> None:
        nonlocal asked_at_s
        if time.monotonic() - asked_at_s >= SAME_WISH_S:
            asked_at_s = time.monotonic()
            raise KeyboardInterrupt

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A Ctrl-C does not interrupt an end that has another cause."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
