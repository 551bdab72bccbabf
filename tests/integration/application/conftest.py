"""Houses over one real database and one simulated gateway: as many as a test wants, each as good as a process."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from os import getpid
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import web
from argon2 import PasswordHasher
from msgspec import Struct

from application.house import House, Timing
from infrastructure.codec import Codec
from infrastructure.credentials import PostgresCredentials
from infrastructure.gateway.powertranz import Credentials, PowerTranz
from infrastructure.keyring import PostgresKeyring
from infrastructure.ledger.pool import Limits, open_pool
from infrastructure.ledger.recorder import PostgresLedger
from infrastructure.migrations import migrate
from infrastructure.passwords import Argon2Passwords
from infrastructure.postgres import Server, postgres
from infrastructure.simulator.app import make_app
from infrastructure.simulator.journal import Journal
from infrastructure.simulator.teller import Repeat
from infrastructure.tokens import AccessTokens
from infrastructure.vocabulary import EVENT_TYPES
from tests.fixtures.venue import TestVenue

MERCHANT = Credentials(powertranz_id="merchant", password="secret-of-the-merchant")
# Two processes that both want the last of a hundred turns may take long on a machine that is busy with other tests.
TIMING = Timing(gateway_timeout_s=0.5, grace_s=0.2, patience_s=3.0, conflicts_s=20.0)


class Process(Struct, frozen=True, kw_only=True, eq=False):
    """What one API process has to itself: a house with its own memory, and its own connections."""

    house: House
    ledger: PostgresLedger


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres(Path(".comanda/tests"), keep=False) as server:
        name = f"application_{getpid()}_{secrets.token_hex(4)}"
        database = server.create_database(name)
        migrate(database.dsn, app_role=database.app_role)
        yield database
        server.drop_database(name)


@pytest.fixture
async def gateway_url(tmp_path: Path) -> AsyncIterator[str]:
    async with Journal(tmp_path / "charges.ndjson") as journal:
        runner = web.AppRunner(make_app(journal, repeat=Repeat.REFUSE), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
        await runner.cleanup()


@pytest.fixture
async def process(server: Server, gateway_url: str) -> AsyncIterator[Process]:
    async with a_process(server, gateway_url) as process:
        yield process


@pytest.fixture
async def other_process(server: Server, gateway_url: str) -> AsyncIterator[Process]:
    async with a_process(server, gateway_url) as process:
        yield process


@pytest.fixture
async def venue(process: Process) -> TestVenue:
    return await TestVenue(process.house, f"venue-{secrets.token_hex(6)}").open()


@asynccontextmanager
async def a_process(server: Server, gateway_url: str) -> AsyncIterator[Process]:
    """Start one."""
    limits = Limits(connections_max=8)
    async with (
        open_pool(server.app_dsn, limits) as pool,
        PowerTranz(gateway_url, MERCHANT, timeout_s=TIMING.gateway_timeout_s) as gateway,
    ):
        ledger = PostgresLedger(pool, Codec(EVENT_TYPES), limits)
        house = House(
            ledger=ledger,
            keyring=PostgresKeyring(pool, limits),
            gateway=gateway,
            passwords=Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            credentials=PostgresCredentials(pool, limits),
            tokens=AccessTokens(["t" * 32], lifetime_s=900, clock=now),
            clock=now,
            ids=uuid4,
            secret=secrets.token_bytes,
            instance_secret=b"i" * 32,
            timing=TIMING,
        )
        yield Process(house=house, ledger=ledger)
        await house.background.drain(2.0)


def now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)
