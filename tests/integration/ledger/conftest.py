"""A migrated database for each module, and what the ledger's tests say over and over."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from os import getpid
from pathlib import Path
from secrets import token_bytes, token_hex
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from msgspec import Struct

from application.ports import Append, Growth, ReceiptKey
from domain.shared.event import Event
from infrastructure.codec import Codec
from infrastructure.ledger.pool import Limits
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.ledger.statements import Draft
from infrastructure.migrations import migrate
from infrastructure.postgres import Server, postgres


class BellRung(Event, frozen=True, tag="bell.rung.v1"):
    """An event of a stream that only these tests have."""

    times: int
    note: str = ""


class BellBroke(Event, frozen=True, tag="bell.broke.v1"):
    """Another one."""


CODEC = Codec([BellRung, BellBroke], {})


class Database(Struct, frozen=True):
    """Connection strings: the application's, the tables' owner's, and one that may do anything."""

    dsn: str
    owner_dsn: str
    admin_dsn: str
    app_role: str

    def __repr__(self) -> str:
        return f"Database(app_role={self.app_role!r})"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with postgres(Path(".comanda/tests"), keep=False) as server:
        yield server


@pytest.fixture(scope="module")
def empty_database(server: Server) -> Iterator[Database]:
    """A database in which nothing was migrated yet, with an application's role of its own."""
    name = f"ledger_{getpid()}_{token_hex(4)}"
    role, password = f"{name}_app", token_hex(16)
    made = server.create_database(name)
    with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
        connection.execute(f"create role {role} login password '{password}'".encode())
    dsn = psycopg.conninfo.make_conninfo(made.dsn, user=role, password=password)
    yield Database(dsn, made.dsn, made.admin_dsn, role)
    server.drop_database(name)
    with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
        connection.execute(f"drop role {role}".encode())


@pytest.fixture(scope="module")
def database(empty_database: Database) -> Database:
    migrate(empty_database.owner_dsn, app_role=empty_database.app_role)
    return empty_database


@pytest.fixture(scope="module")
async def ledger(database: Database) -> AsyncIterator[PostgresLedger]:
    async with PostgresLedger.open(database.dsn, CODEC, Limits(connections_max=8)) as ledger:
        yield ledger


@pytest.fixture
def venue_id() -> UUID:
    return uuid4()


def ring(times: int = 1, note: str = "") -> BellRung:
    return BellRung(times=times, note=note)


def a_key(key: bytes = b"", fingerprint: bytes = b"f" * 32, keep_for: timedelta = timedelta(hours=1)) -> ReceiptKey:
    return ReceiptKey(key=key or token_bytes(32), fingerprint=fingerprint, keep_for=keep_for)


def an_append(venue_id: UUID, *growths: Growth, key: ReceiptKey | None = None, body: bytes = b"{}") -> Append:
    return Append(
        venue_id=venue_id,
        growths=growths,
        actor="guest:one",
        request_id="request-1",
        caused_by="",
        receipt_key=key or a_key(),
        status=201,
        body=body,
    )


def a_draft(venue_id: UUID, bookmark: tuple[str, int] | tuple[None, None] = (None, None)) -> Draft:
    """One event of a stream of its own, as the SQL function takes it."""
    stream = uuid4()
    return Draft(
        venue_id=venue_id,
        judged={stream: 0},
        stored=[StoredEvent(stream, 1, *CODEC.encode(ring()))],
        actor="system:reader",
        request_id="",
        caused_by="",
        key=token_bytes(32),
        fingerprint=b"",
        keep_for=timedelta(hours=1),
        bookmark=bookmark,
    )


def grows(stream: UUID, at: int, *events: Event) -> Growth:
    return Growth(stream=stream, expected_version=at, events=events)
