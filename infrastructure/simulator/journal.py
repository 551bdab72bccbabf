"""The file under the books: one JSON line for an entry, on the disk before anyone is told.

Entries that arrive while a write is under way wait together for the next one, so a hundred charges cost one fsync.
"""

import asyncio
import os
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Self

from msgspec import MsgspecError, json

from infrastructure.simulator.books import Books, Entry


class DataFileTaken(Exception):
    """Another simulator has this file open."""


class DataFileBroken(Exception):
    """A line in the middle of the file is not an entry. A torn last line is cut off: nobody was told of it."""


class Journal:
    """Writes entries and keeps the books up to date. One process per file, one event loop per journal."""

    def __init__(self, path: Path) -> None:
        """Open or create the file and read it all. Raises DataFileTaken, DataFileBroken or OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.books = Books()
        self._file = path.open("a+b", buffering=0)
        try:
            self._load()
            _sync_directory(path.parent)
        except BaseException:
            self._file.close()
            raise
        self._waiting = bytearray()
        self._added = 0
        self._durable = 0
        self._encoder = json.Encoder()
        self._flushing: asyncio.Task[None] | None = None

    def add(self, entry: Entry) -> None:
        """Take an entry into the books. It is safe on the disk only after `flushed`."""
        self.books.apply(entry)
        self._waiting += self._encoder.encode(entry) + b"\n"
        self._added += 1

    async def flushed(self) -> None:
        """Wait until everything added so far is on the disk. OSError where it can't be written, then and ever after."""
        wanted = self._added
        while self._durable < wanted:
            if self._flushing is None:
                self._flushing = asyncio.create_task(self._flush())
            await asyncio.shield(self._flushing)

    def close(self) -> None:
        self._file.close()

    async def _flush(self) -> None:
        lines, self._waiting = bytes(self._waiting), bytearray()
        written = self._added
        # A failed write leaves the task in place: the books have promised more than the disk holds, so all later
        # callers fail with the same error, until a restart reads what is really there.
        await asyncio.to_thread(self._write, lines)
        self._durable = written
        self._flushing = None

    def _write(self, lines: bytes) -> None:
        rest = memoryview(lines)
        while rest:
            rest = rest[self._file.write(rest) or 0 :]
        os.fdatasync(self._file.fileno())

    def _load(self) -> None:
        try:
            flock(self._file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise DataFileTaken(f"Another simulator is using {self._file.name}.") from None
        self._file.seek(0)
        decoder = json.Decoder(Entry)
        good_bytes = 0
        for number, line in enumerate(self._file.readall().splitlines(keepends=True), start=1):
            if not line.endswith(b"\n"):
                break
            try:
                self.books.apply(decoder.decode(line))
            except (MsgspecError, ValueError) as error:
                raise DataFileBroken(f"Line {number} of {self._file.name} is not an entry.") from error
            good_bytes += len(line)
        self._file.truncate(good_bytes)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


def _sync_directory(folder: Path) -> None:
    """Make the file's name as durable as its contents."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
