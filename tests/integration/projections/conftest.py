"""A migrated database for each module, with every read model in it, and ledgers to fill."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from os import getpid
from pathlib import Path
from secrets import token_bytes, token_hex
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec import Struct
from psycopg.conninfo import make_conninfo

from application.ports import Append, Appended, Growth, Ledger, ReceiptKey
from infrastructure.codec import Codec
from infrastructure.ledger.pool import Limits, Pool, open_pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.migrations import migrate
from infrastructure.postgres import Server, postgres
from infrastructure.projecting.engine import Engine
from infrastructure.projecting.schemas import projection_schemas
from infrastructure.vocabulary import EVENT_TYPES
from projections.projection import Projection
from projections.registry import PROJECTIONS
from tests.unit.projections.evenings import Evening, Growing

CODEC = Codec(EVENT_TYPES)
LIMITS = Limits(connections_max=8)


class Database(Struct, frozen=True):
    """Connection strings: the application's and the tables' owner's."""

    dsn: str
    owner_dsn: str
    app_role: str


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with postgres(Path(".comanda/tests"), keep=False) as server:
        yield server


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    name = f"projections_{getpid()}_{token_hex(4)}"
    role, password = f"{name}_app", token_hex(16)
    made = server.create_database(name)
    with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
        connection.execute(f"create role {role} login password '{password}'".encode())
    migrate(made.dsn, app_role=role, extra_steps=[projection_schemas()])
    yield Database(make_conninfo(made.dsn, user=role, password=password), made.dsn, role)
    server.drop_database(name)
    with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
        connection.execute(f"drop role {role}".encode())


@pytest.fixture(scope="module")
async def pool(database: Database) -> AsyncIterator[Pool]:
    """As the application's role, which may do no more than it needs."""
    async with open_pool(database.dsn, LIMITS) as pool:
        yield pool


@pytest.fixture(scope="module")
def ledger(pool: Pool) -> PostgresLedger:
    return PostgresLedger(pool, CODEC, LIMITS)


@pytest.fixture
def venue_id() -> UUID:
    return uuid4()


@pytest.fixture
def engine_of(pool: Pool) -> Callable[..., Engine]:
    def make(projections: Sequence[Projection] = PROJECTIONS, batch_max: int = 500) -> Engine:
        return Engine(pool, projections, CODEC.decode, batch_max=batch_max)

    return make


async def put(ledger: Ledger, venue_id: UUID, growings: Sequence[Growing], versions: dict[UUID, int]) -> int:
    """Append what belongs together; the venue's position after it. `versions` are the streams', and are moved on."""
    growths = tuple(
        Growth(stream=stream, expected_version=versions.get(stream, 0), events=events)
        for stream, events in growings
        if events
    )
    outcome = await ledger.append(
        Append(
            venue_id=venue_id,
            growths=growths,
            actor="guest:somebody",
            request_id="request",
            caused_by="command:Something",
            receipt_key=ReceiptKey(key=token_bytes(32), fingerprint=b"f" * 32, keep_for=timedelta(hours=1)),
        )
    )
    assert isinstance(outcome, Appended)
    for growth in growths:
        versions[growth.stream] = growth.expected_version + len(growth.events)
    return outcome.last_position


async def put_all(ledger: PostgresLedger, venue_id: UUID, evening: Evening) -> int:
    """Append a whole evening; the venue's position after it."""
    position, versions = 0, dict[UUID, int]()
    for growings in evening.appends:
        position = await put(ledger, venue_id, growings, versions)
    return position
