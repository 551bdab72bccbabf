"""A database, a gateway simulator and the programs of a house, each killable; and a key to look behind the counter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import getpid
from pathlib import Path
from secrets import token_hex
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from msgspec import Struct
from msgspec.structs import replace
from psycopg.conninfo import make_conninfo

from application.handlers import answer
from application.requests import AnyWish, HireStaff, LogIn, Request
from domain.roster.events import Role
from domain.shared.ids import HOUSE
from infrastructure.furnishing import Furniture, furnished
from infrastructure.migrations import migrate
from infrastructure.postgres import Server
from infrastructure.projecting.schemas import projection_schemas
from infrastructure.settings import Settings, variable
from infrastructure.simulator.teller import Repeat
from tests.faults.guests import Table
from tests.faults.programs import Program, free_port, programs
from tests.fixtures.venue import FRITTERS_PRICE, TestVenue, data_of

MANAGER: Final = ("manager@conch-house.example", "Manager123!")
APPLICATION: Final = "comanda api"
"""The name by which the database knows the API's connections."""


class Premises(Struct, frozen=True, kw_only=True, eq=False):
    """What outlives a run. `settings` are those of every program, but for its port and its log-in's name."""

    folder: Path
    server: Server
    settings: Settings
    furniture: Furniture
    simulator: Program
    gateway: httpx.AsyncClient

    def api(self, **changes: object) -> "Api":
        """An API of its own, not started yet; `changes` are settings that it has otherwise."""
        settings = replace(self.settings, port=free_port(), **changes)
        settings = replace(settings, database_url=make_conninfo(settings.database_url, application_name=APPLICATION))
        program = Program("API", ["cli.main", "serve"], environment_of(settings), self._log("api"))
        return Api(program=program, url=f"http://127.0.0.1:{settings.port}")

    def worker(self) -> Program:
        """A worker, not started yet."""
        return Program("worker", ["cli.main", "worker"], environment_of(self.settings), self._log("worker"))

    async def venue(self) -> tuple[UUID, Table]:
        """A venue that nobody knows yet, and a table there."""
        venue = await TestVenue(self.furniture.house, f"venue-{token_hex(8)}").open()
        email, password = MANAGER
        await venue.by_staff(
            HireStaff(email=email, name="The Manager", password=password, role=Role.MANAGER, seed=True)
        )
        login = await self._ask(LogIn(email=email, password=password))
        headers = {"Authorization": f"Bearer {login['access_token']}"}
        table = Table(slug=venue.slug, item_id=venue.item_id, price_minor=FRITTERS_PRICE, manager=headers)
        return venue.venue_id, table

    async def start_simulator(self) -> None:
        """Start it, or start it again; its books are on the disk."""
        self.simulator.start()
        await self.simulator.until_it_answers(f"{self.settings.gateway_url}/api/alive")

    async def repeats(self, repeat: Repeat) -> None:
        """Have the gateway treat repeated identifiers in this way."""
        (await self.gateway.post("/_simulator/mode", json={"repeat": repeat.value})).raise_for_status()

    async def plan_fault(self, operation: str, **fault: Any) -> None:  # noqa: ANN401 - JSON
        """Have the gateway misbehave at the next calls of an operation."""
        (await self.gateway.post("/_simulator/faults", json={"operation": operation, **fault})).raise_for_status()

    async def _ask(self, wish: AnyWish) -> Any:  # noqa: ANN401 - JSON
        request = Request(venue_id=HOUSE, actor="system:door", request_id=str(uuid4()), wish=wish)
        return data_of(await answer(self.furniture.house, request))

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}-{token_hex(4)}.log"


class Api(Struct, frozen=True, kw_only=True, eq=False):
    """The API as a program, at its address, which stays the same through all its lives."""

    program: Program
    url: str

    async def start(self, crash_at: str = "") -> None:
        """Start it, to die at a step where one is named; return when it answers."""
        self.program.start(COMANDA_TESTING="1", COMANDA_CRASH_AT=crash_at)
        await self.program.until_it_answers(f"{self.url}/health/live")

    def client(self) -> httpx.AsyncClient:
        """A client of it."""
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
        return httpx.AsyncClient(base_url=self.url, trust_env=False, limits=limits, timeout=10.0)


@asynccontextmanager
async def premises(server: Server, folder: Path) -> AsyncIterator[Premises]:
    """A fresh database on the server, and a simulator with empty books in the folder; both are gone at the end."""
    name = f"faults_{getpid()}_{token_hex(4)}"
    database = server.create_database(name)
    migrate(database.dsn, app_role=database.app_role, extra_steps=[projection_schemas()])
    port = free_port()
    settings = hurried(database.app_dsn, f"http://127.0.0.1:{port}")
    arguments = ["infrastructure.simulator", "--port", str(port), "--data", str(folder / f"{name}.ndjson")]
    simulator = Program("simulator", arguments, {}, folder / f"{name}.log")
    try:
        async with (
            programs(simulator),
            furnished(settings) as furniture,
            httpx.AsyncClient(base_url=settings.gateway_url, trust_env=False, timeout=10.0) as gateway,
        ):
            made = Premises(
                folder=folder,
                server=database,
                settings=settings,
                furniture=furniture,
                simulator=simulator,
                gateway=gateway,
            )
            await made.start_simulator()
            yield made
    finally:
        server.drop_database(name)


def hurried(database_url: str, gateway_url: str) -> Settings:
    """Settings by which everything that waits waits for half a second, and whoever looks again looks soon."""
    return Settings(
        database_url=database_url,
        jwt_secret=token_hex(32),
        gateway_url=gateway_url,
        gateway_id="merchant",
        gateway_password=token_hex(16),
        gateway_timeout_s=0.5,
        settle_after_s=0.5,
        reconcile_interval_s=0.4,
        projections_poll_s=0.1,
        requests_per_s_max=100_000,
        log_level="warning",
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as a program reads them."""
    values = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return {variable(name): str(int(value) if isinstance(value, bool) else value) for name, value in values.items()}
