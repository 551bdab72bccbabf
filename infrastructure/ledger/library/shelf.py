"""One venue's ledger as the library's recorders see it: a pool, the append, and errors by the library's names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import uniform
from secrets import token_bytes
from time import sleep
from typing import Any, Final
from uuid import UUID

import psycopg
from eventsourcing import persistence
from eventsourcing.persistence import StoredEvent, Tracking
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from infrastructure.ledger import statements
from infrastructure.ledger.pool import Limits, means_lost
from infrastructure.ledger.statements import Draft, Verdict

ATTEMPTS: Final = 3
KEEP_FOR: Final = timedelta(hours=1)
"""How long the receipts of these appends are kept: long enough to ask again for an answer that was lost."""

Parameters = Sequence[object] | Mapping[str, object]

_NAMES: Final[tuple[tuple[type[psycopg.Error], type[persistence.PersistenceError]], ...]] = (
    (psycopg.InterfaceError, persistence.InterfaceError),
    (psycopg.OperationalError, persistence.OperationalError),
    (psycopg.DataError, persistence.DataError),
    (psycopg.IntegrityError, persistence.IntegrityError),
    (psycopg.InternalError, persistence.InternalError),
    (psycopg.ProgrammingError, persistence.ProgrammingError),
    (psycopg.NotSupportedError, persistence.NotSupportedError),
    (psycopg.DatabaseError, persistence.DatabaseError),
    (psycopg.Error, persistence.PersistenceError),
)


class Shelf:
    """The ledger of `venue_id`, for use by any number of threads.

    The server's statement time-out and TCP's own bound every call; unlike the request path there is no third bound
    for a server that is reachable, does not answer and does not time out either.
    """

    def __init__(self, dsn: str, venue_id: UUID, *, name: str, limits: Limits) -> None:
        """`name` is the library application's: it names the actor and the bookmarks."""
        self.venue_id = venue_id
        self.name = name
        milliseconds = f"{int(limits.statement_timeout_s * 1000)}ms"

        def configure(connection: Connection[Any]) -> None:
            connection.execute("select set_config('statement_timeout', %s, false)", [milliseconds])

        self._pool: ConnectionPool[Connection[Any]] = ConnectionPool(
            dsn,
            kwargs=limits.connection_options(),
            min_size=limits.connections_min,
            max_size=limits.connections_max,
            timeout=limits.checkout_timeout_s,
            configure=configure,
            open=False,
        )

    def close(self) -> None:
        """Close the pool. Doing it again changes nothing."""
        self._pool.close()

    def rows(self, query: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        """Run a query that may simply be asked again. Raises the library's errors."""
        return _asked(lambda: self._rows_once(query, parameters))

    def write_snapshots(self, purpose: str, stored_events: Sequence[StoredEvent]) -> None:
        """Keep states of aggregates. Raises the library's IntegrityError where one of that version is there."""
        parameters = (
            self.venue_id,
            purpose,
            [_uuid(event.originator_id) for event in stored_events],
            [event.originator_version for event in stored_events],
            [event.topic for event in stored_events],
            [event.state for event in stored_events],
        )
        _asked(lambda: self._rows_once(statements.KEEP_SNAPSHOTS, parameters), attempts=1)

    def append(self, stored_events: Sequence[StoredEvent], tracking: Tracking | None = None) -> Sequence[int]:
        """Append the events and move the bookmark, both or neither; return the events' positions.

        Raises the library's IntegrityError where a stream has moved on or the bookmark would not move forward.
        """
        draft = self._draft(stored_events, tracking)
        parameters = draft.parameters()
        verdict = Verdict(*_asked(lambda: self._rows_once(statements.APPEND, parameters))[0])
        # The key is random, so a duplicate can only be our own first try whose answer was lost.
        if verdict.outcome == "conflict" or verdict.last_position is None:
            raise persistence.IntegrityError("A stream has moved on, or the tracking would not move forward.")
        return list(range(verdict.last_position - len(stored_events) + 1, verdict.last_position + 1))

    def bookmark_name(self, application_name: str) -> str:
        """Where this application keeps how far it has read the named one. Never the name of a projection of ours."""
        return f"library:{self.name}:{application_name}"

    def _draft(self, stored_events: Sequence[StoredEvent], tracking: Tracking | None) -> Draft:
        judged: dict[UUID, int] = {}
        reached: dict[UUID, int] = {}
        for event in stored_events:
            stream, version = _uuid(event.originator_id), event.originator_version
            judged.setdefault(stream, version - 1)
            if version != reached.setdefault(stream, version - 1) + 1:
                raise persistence.IntegrityError(f"Version {version} does not follow the one before it in the batch.")
            reached[stream] = version
        name = self.bookmark_name(tracking.application_name) if tracking else None
        return Draft(
            venue_id=self.venue_id,
            judged=judged,
            stored=stored_events,
            actor=f"system:{self.name}",
            request_id="",
            caused_by="",
            key=token_bytes(32),
            fingerprint=b"",
            keep_for=KEEP_FOR,
            bookmark=(name, tracking.notification_id if tracking else None),
        )

    def _rows_once(self, query: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        with self._connection() as connection, connection.cursor(binary=True) as cursor:
            return cursor.execute(query.encode(), parameters, prepare=True).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[Connection[Any]]:
        self._pool.open()
        try:
            with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, PoolClosed) as error:
            raise persistence.ConnectionUnavailableError("No connection was free in time.") from error


def _asked(ask: Callable[[], list[tuple[Any, ...]]], attempts: int = ATTEMPTS) -> list[tuple[Any, ...]]:
    """Ask, and ask again while the connection breaks meanwhile: a receipt key makes that safe for an append, too."""
    for attempt in range(1, attempts + 1):
        try:
            return ask()
        except psycopg.Error as error:
            if attempt == attempts or not means_lost(error):
                raise _by_library_name(error) from error
            sleep(uniform(0, 0.05 * 2**attempt))  # noqa: S311 - no secret, only to be out of step
    raise AssertionError("The last attempt returns or raises.")


def _by_library_name(error: psycopg.Error) -> persistence.PersistenceError:
    return next(theirs for ours, theirs in _NAMES if isinstance(error, ours))(str(error))


def _uuid(originator_id: UUID | str) -> UUID:
    if not isinstance(originator_id, UUID):
        raise persistence.DataError("A ledger's streams are named by UUIDs, not by text.")
    return originator_id
