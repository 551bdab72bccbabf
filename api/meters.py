"""Numbers for operators, in Prometheus' text format, on a port of the loopback address that guests cannot reach.

What is counted is read off the access log's lines, so that the log and the numbers can never tell different stories.
"""

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

HOST: Final = "127.0.0.1"
REQUEST_BYTES_MAX: Final = 8_192
PATIENCE_S: Final = 2.0
BUCKETS_MS: Final = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Log = Callable[..., Any]


class Meters:
    """How many requests there were, how they went, and how long they took."""

    def __init__(self) -> None:
        """Begin at zero, as a process does."""
        self._requests: Counter[tuple[str, int]] = Counter()
        self._trouble: Counter[str] = Counter()
        self._within = [0] * (len(BUCKETS_MS) + 1)
        self._total_ms = 0.0

    def reading(self, log: Log) -> Log:
        """The log, with everything that is written to it counted on the way."""

        def written(event: str, **fields: Any) -> None:  # noqa: ANN401 - whatever is logged
            if event == "request":
                self._requests[fields["method"], fields["status"]] += 1
                self._within[bisect_left(BUCKETS_MS, fields["ms"])] += 1
                self._total_ms += fields["ms"]
            else:
                self._trouble[event] += 1
            log(event, **fields)

        return written

    def told(self, pool: AsyncConnectionPool[Any]) -> str:
        """All of it, with how the pool of database connections does."""
        lines = ["# TYPE comanda_requests_total counter"]
        lines += [
            f'comanda_requests_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(self._requests.items())
        ]
        lines.append("# TYPE comanda_trouble_total counter")
        lines += [f'comanda_trouble_total{{kind="{kind}"}} {count}' for kind, count in sorted(self._trouble.items())]
        lines.append("# TYPE comanda_request_seconds histogram")
        so_far = 0
        for limit_ms, count in zip(BUCKETS_MS, self._within, strict=False):
            so_far += count
            lines.append(f'comanda_request_seconds_bucket{{le="{limit_ms / 1000}"}} {so_far}')
        total = sum(self._within)
        lines.append(f'comanda_request_seconds_bucket{{le="+Inf"}} {total}')
        lines.append(f"comanda_request_seconds_sum {self._total_ms / 1000:.4f}")
        lines.append(f"comanda_request_seconds_count {total}")
        stats = pool.get_stats()
        for name in ("pool_size", "pool_available", "requests_waiting"):
            lines += [f"# TYPE comanda_database_{name} gauge", f"comanda_database_{name} {stats.get(name, 0)}"]
        return "\n".join(lines) + "\n"


@asynccontextmanager
async def told_to_operators(meters: Meters, pool: AsyncConnectionPool[Any], port: int, log: Log) -> AsyncIterator[None]:
    """Answer `GET /metrics` on that port for as long as the block lasts; port 0: don't.

    Of several processes the first one has the port; the others say so and go without, for none of them is needed.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                request = await reader.readuntil(b"\r\n\r\n")
                found = request.startswith(b"GET /metrics ")
                status, body = ("200 OK", meters.told(pool)) if found else ("404 Not Found", "")
                head = f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n"
                writer.write(f"{head}Connection: close\r\n\r\n{body}".encode())
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # Who does not ask properly gets no answer, and is nobody's loss.
        finally:
            writer.close()

    if not port:
        yield
        return
    try:
        server = await asyncio.start_server(answer, HOST, port, limit=REQUEST_BYTES_MAX)
    except OSError:
        log("operators_port_taken", port=port)
        yield
        return
    async with server:
        yield
