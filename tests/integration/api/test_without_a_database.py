"""Where there is no database, everybody is told so, soon and politely."""

from collections.abc import AsyncIterator

import httpx
import pytest
from msgspec.structs import replace

from api.app import create_app
from infrastructure.postgres import Server
from infrastructure.settings import Settings
from tests.fixtures.people import API
from tests.fixtures.served import alive

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(replace(settings, database_url=NOWHERE, database_timeout_s=0.3))
    async with alive(app):
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type] # ASGI's own types
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=10.0) as client:
            yield client


async def test_the_process_lives_but_is_not_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()["data"]["status"]) == (503, "unavailable")
    assert ready.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/venues/conch-house", None),
        ("GET", "/venues/conch-house/menu", None),
        ("POST", "/venues/conch-house/session", {"table_short_code": "T1"}),
        ("POST", "/auth/login", {"email": "a@example.com", "password": "whatever"}),
    ],
)
async def test_everybody_is_told_to_come_back(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, str] | None
) -> None:
    answer = await client.request(method, f"{API}{path}", json=body)
    assert (answer.status_code, answer.json()["error"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"
    assert "127.0.0.1" not in answer.text


async def test_a_database_that_was_never_migrated_is_not_ready(server: Server, settings: Settings) -> None:
    bare = server.create_database("comanda_bare")
    app = create_app(replace(settings, database_url=bare.app_dsn))
    async with alive(app):
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type] # ASGI's own types
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=10.0) as client:
            ready = await client.get("/health/ready")
    server.drop_database("comanda_bare")
    assert ready.status_code == 503
    assert "0001_ledger.sql" in ready.json()["data"]["problem"]
