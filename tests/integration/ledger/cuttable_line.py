"""A line to the database that a test can cut at the worst moment: a small TCP proxy on the loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Mode(Enum):
    """What becomes of what is sent next."""

    OPEN = "everything passes"
    LOSE_ANSWER = "the next request reaches the server, its answer is lost and the line is cut"
    LOSE_REQUEST = "the line is cut before the next request reaches the server"
    SILENT = "what is sent reaches the server, and nothing ever comes back"


class CuttableLine:
    """Passes bytes both ways until it is told otherwise. A mode that cuts goes back to OPEN once it has cut."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self.mode = Mode.OPEN
        self.cuts = 0
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._host.startswith("/"):
            far = await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        else:
            far = await asyncio.open_connection(self._host, self._port)
        far_reader, far_writer = far
        ends = {writer, far_writer}
        self._ends |= ends
        ways = [asyncio.create_task(self._out(reader, far_writer)), asyncio.create_task(self._back(far_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._ends -= ends
            for end in ends:
                end.close()

    async def close(self) -> None:
        """Cut every line that is still there."""
        for end in self._ends:
            end.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _out(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if self.mode is Mode.LOSE_REQUEST:
                self._cut()
                return
            writer.write(data)
            await writer.drain()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if self.mode is Mode.SILENT:
                continue
            if self.mode is Mode.LOSE_ANSWER:
                self._cut()
                return
            writer.write(data)
            await writer.drain()

    def _cut(self) -> None:
        self.mode = Mode.OPEN
        self.cuts += 1


@asynccontextmanager
async def cuttable_line(dsn: str) -> AsyncIterator[tuple[CuttableLine, str]]:
    """The line, and the connection string that goes through it."""
    parts = conninfo_to_dict(dsn)
    line = CuttableLine(str(parts.get("host", "127.0.0.1")), int(str(parts.get("port", 5432))))
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    try:
        yield line, make_conninfo(dsn, host="127.0.0.1", port=server.sockets[0].getsockname()[1], sslmode="disable")
    finally:
        server.close()
        await line.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()
