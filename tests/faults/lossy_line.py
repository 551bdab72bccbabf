"""A line to the database that loses the answer to one chosen request: a TCP proxy that knows where an answer ends.

The request with the chosen words in it reaches the server and is done there, committed and all; then the line is cut,
and for a while no other gets through. Whoever asked cannot know.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

READY_FOR_QUERY: Final = b"Z\x00\x00\x00\x05I"
"""What PostgreSQL ends its answer with once nothing is uncommitted any more (its protocol, section 54.7)."""

CHUNK: Final = 65536


class LossyLine:
    """Passes bytes both ways. `lose` names the next request whose answer is lost; `lost` counts those that were."""

    def __init__(self, host: str, port: int) -> None:
        """Everything passes, until `lose` is called."""
        self.lost = 0
        self._host = host
        self._port = port
        self._words = b""
        self._down_s = 0.0
        self._up_at_s = 0.0
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def lose(self, words: bytes, *, down_s: float = 0.0) -> None:
        """Lose the answer to the next request with these words in it; the line is down for a while then."""
        self._words, self._down_s = words, down_s

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, or hang up at once where the line is down."""
        if (task := asyncio.current_task()) is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if monotonic() < self._up_at_s:
            writer.close()
            return
        if self._host.startswith("/"):
            far_reader, far_writer = await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        else:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        call, ends = _Call(self), {writer, far_writer}
        self._ends |= ends
        ways = [
            asyncio.create_task(call.out(reader, far_writer)),
            asyncio.create_task(call.back(far_reader, writer)),
        ]
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

    def chosen(self, data: bytes) -> bool:
        """Whether this is the request whose answer is to be lost; once."""
        if not self._words or self._words not in data:
            return False
        self._words = b""
        return True

    def cut(self, *, down_s: float) -> None:
        """Have nobody get through for a while."""
        self._up_at_s = monotonic() + down_s

    def lose_now(self) -> None:
        """Take note that an answer was lost."""
        self.lost += 1
        self.cut(down_s=self._down_s)

    @property
    def down(self) -> bool:
        """Whether nothing gets through just now."""
        return monotonic() < self._up_at_s


class _Call:
    """One connection's two ways."""

    def __init__(self, line: LossyLine) -> None:
        self._line = line
        self._losing = False

    async def out(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tail = b""
        while (data := await reader.read(CHUNK)) and not self._line.down:
            self._losing = self._losing or self._line.chosen(tail + data)
            tail = data[-256:]
            writer.write(data)
            await writer.drain()

    async def back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tail = b""
        while (data := await reader.read(CHUNK)) and not self._line.down:
            if self._losing:
                tail = (tail + data)[-len(READY_FOR_QUERY) :]
                if tail == READY_FOR_QUERY:
                    self._line.lose_now()
                    return
                continue
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def lossy_line(dsn: str) -> AsyncIterator[tuple[LossyLine, str]]:
    """The line, and the connection string that goes through it."""
    parts = conninfo_to_dict(dsn)
    line = LossyLine(str(parts.get("host", "127.0.0.1")), int(str(parts.get("port", 5432))))
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield line, make_conninfo(dsn, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable")
    finally:
        server.close()
        await line.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()
