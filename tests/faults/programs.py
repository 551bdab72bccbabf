"""Programs under test: each in a session of its own, so that all of it can be killed at once and nothing else is."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import choice
from time import monotonic
from typing import Final

import httpx

from cli import guard
from cli.supervisor import Child

ROOT: Final = Path(__file__).resolve().parents[2]
START_TIMEOUT_S: Final = 60.0
POLL_S: Final = 0.02
PORTS: Final = range(20_000, 32_000)


class Program:
    """A program that can be started, killed and started again. It ends with us, too, however we end."""

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """Not started yet. `log` gets all that it says, of all its lives."""
        self.name = name
        self.log = log
        self._command = [sys.executable, "-m", *arguments]
        self._environment = environment
        self._child: Child | None = None

    def start(self, **more: str) -> None:
        """Start it, with these variables beside its own."""
        if self._child is not None:
            raise RuntimeError(f"The {self.name} runs already.")
        environment = {**os.environ, **self._environment, **more, guard.VARIABLE: str(os.getpid())}
        with self.log.open("ab") as sink:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=environment,
                start_new_session=True,
            )
        self._child = Child(self.name, process, self.log)

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended by itself."""
        return self._child is not None and not self._child.ended()

    def kill(self) -> None:
        """Kill −9 all of it that is left."""
        if self._child is not None:
            self._child.signal(signal.SIGKILL)
            self._child.process.wait()
            self._child = None

    async def ended(self, timeout_s: float) -> bool:
        """Whether it ends by itself in time; what is left of it is killed then."""
        deadline = monotonic() + timeout_s
        while self.running:
            if monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_S)
        self.kill()
        return True

    async def until_it_answers(self, url: str) -> None:
        """Return when a GET succeeds. AssertionError, with the end of its log, if it ends before or takes too long."""
        deadline = monotonic() + START_TIMEOUT_S
        async with httpx.AsyncClient(trust_env=False, timeout=0.5) as client:
            while self.running and monotonic() < deadline:
                with suppress(httpx.TransportError):
                    if (await client.get(url)).is_success:
                        return
                await asyncio.sleep(POLL_S)
        raise AssertionError(f"The {self.name} did not start:\n{self.log.read_text(errors='replace')[-3000:]}")

    def said(self, words: str) -> int:
        """How often these words are in its log."""
        return self.log.read_text(errors="replace").count(words) if self.log.exists() else 0


@asynccontextmanager
async def programs(*several: Program) -> AsyncIterator[None]:
    """Whatever happens in the block, none of them outlives it."""
    try:
        yield
    finally:
        for program in several:
            program.kill()


def free_port() -> int:
    """A port of the loopback address that nobody listens on just now, and that no outgoing connection is ever given."""
    for _ in range(1000):
        port = choice(PORTS)
        with socket.socket() as taken, suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("No port is free.")
