"""Numbers for operators, as Prometheus reads them, on a port of the loopback address that guests cannot reach.

What is counted is read off the access log's lines, so that the log and the numbers can never tell different stories.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from psycopg_pool import AsyncConnectionPool

HOST: Final = "127.0.0.1"
BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
POOL_NUMBERS: Final = ("pool_size", "pool_available", "requests_waiting")

Log = Callable[..., Any]


class Meters:
    """How many requests there were, how they went, and how long they took."""

    def __init__(self) -> None:
        """Begin at zero, as a process does."""
        self.registry = CollectorRegistry()
        self._requests = Counter("comanda_requests", "Requests answered.", ("method", "status"), registry=self.registry)
        self._seconds = Histogram(
            "comanda_request_seconds", "How long an answer took.", buckets=BUCKETS_S, registry=self.registry
        )
        self._trouble = Counter("comanda_trouble", "What else was logged, by kind.", ("kind",), registry=self.registry)

    def reading(self, log: Log) -> Log:
        """The log, with everything that is written to it counted on the way."""

        def written(event: str, **fields: Any) -> None:  # noqa: ANN401 - whatever is logged
            if event == "request":
                self._requests.labels(fields["method"], fields["status"]).inc()
                self._seconds.observe(fields["ms"] / 1_000)
            else:
                self._trouble.labels(event).inc()
            log(event, **fields)

        return written

    def watch(self, pool: AsyncConnectionPool[Any]) -> None:
        """Tell how the pool of database connections does, at the moment of asking."""
        for name in POOL_NUMBERS:
            gauge = Gauge(f"comanda_database_{name}", "Of this process's pool.", registry=self.registry)
            gauge.set_function(partial(_stat, pool, name))


def _stat(pool: AsyncConnectionPool[Any], name: str) -> float:
    return pool.get_stats().get(name, 0)


@contextmanager
def told_to_operators(meters: Meters, pool: AsyncConnectionPool[Any], port: int, log: Log) -> Iterator[None]:
    """Serve the numbers on that port for as long as the block lasts; port 0: don't.

    Of several processes the first one has the port; the others say so and go without, for none of them is needed.
    """
    if not port:
        yield
        return
    meters.watch(pool)
    try:
        server, _ = start_http_server(port, HOST, meters.registry)
    except OSError:
        log("operators_port_taken", port=port)
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
