"""What stands beside the API: its health, its numbers, and the page that describes it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import Final

import httpx
import psycopg
import pytest
from msgspec.structs import replace

from api.app import create_app
from api.problems import BY_CODE
from infrastructure.postgres import Server
from infrastructure.settings import Settings
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import API, Json, Venue
from tests.fixtures.served import alive

CODES: Final = """
VALIDATION_ERROR MISSING_IDEMPOTENCY_KEY IDEMPOTENCY_KEY_REUSED IDEMPOTENCY_IN_PROGRESS VENUE_NOT_FOUND TABLE_NOT_FOUND
SESSION_EXPIRED SESSION_INVALID UNAUTHORIZED CART_LINE_NOT_FOUND ORDER_NOT_FOUND ORDER_NOT_MODIFIABLE
QUANTITY_EXCEEDS_LIMIT CART_LIMIT_EXCEEDED MENU_ITEM_NOT_FOUND ITEM_UNAVAILABLE OPTIONS_INVALID CART_EMPTY
ORDER_MINIMUM_NOT_MET VENUE_CLOSED CART_CHANGED PRICE_CHANGED CARD_NUMBER_REFUSED AMOUNT_INVALID PAYMENT_DECLINED
PAYMENT_GATEWAY_UNAVAILABLE ORDER_ALREADY_PAID PAYMENT_IN_PROGRESS ORDER_NOT_PAYABLE INVALID_TOKEN TOKEN_EXPIRED
INVALID_CREDENTIALS FORBIDDEN RATE_LIMITED CSRF INVALID_STATUS_TRANSITION REFUND_EXCEEDS_PAID
"""
"""Every code that the contract names."""


@asynccontextmanager
async def api_on(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an API of its own, without a worker."""
    app = create_app(settings)
    async with alive(app):
        transport = httpx.ASGITransport(app=app, client=("10.255.0.1", 50_000))  # type: ignore[arg-type] # ASGI's types
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client


@pytest.mark.contract("health/live-ready")
async def test_a_house_that_is_well_says_so(client: httpx.AsyncClient) -> None:
    for prefix in ("", API):
        for what in ("live", "ready"):
            answer = await client.get(f"{prefix}/health/{what}")
            assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.contract("health/live-ready", "shapes/retry-after")
async def test_without_a_database_it_is_live_but_not_ready_and_says_when_to_come_back(settings: Settings) -> None:
    away = replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none", database_timeout_s=0.3)
    async with api_on(away) as client:
        assert (await client.get("/health/live")).status_code == 200
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
        assert int(ready.headers["retry-after"]) >= 1
        refused(await client.get(f"{API}/venues/conch-house"), 503, "SERVICE_UNAVAILABLE")
        body = {"email": "a@b.example", "password": "x"}
        refused(await client.post(f"{API}/auth/login", json=body), 503, "SERVICE_UNAVAILABLE")


@pytest.mark.contract("health/live-ready")
async def test_a_database_that_was_never_migrated_is_not_ready(server: Server, settings: Settings) -> None:
    name = f"comanda_bare_{token_hex(4)}"
    bare = server.create_database(name)
    async with api_on(replace(settings, database_url=bare.app_dsn)) as client:
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
    server.drop_database(name)


@pytest.mark.contract("health/live-ready")
async def test_a_parked_read_model_makes_it_degraded_and_is_named(
    client: httpx.AsyncClient, venue: Venue, menu: dict[str, Json], database: Server
) -> None:
    park = (
        "update bookmarks set parked_position = %s, parked_at = %s, parked_reason = %s"
        " where venue_id = %s and name = %s"
    )
    which = (venue.venue_id, "menu_v1")
    async with await psycopg.AsyncConnection.connect(database.admin_dsn, autocommit=True) as connection:
        await connection.execute(park, (3, "2026-01-01T00:00:00Z", "it broke", *which))
        try:
            ready = await client.get("/health/ready")
        finally:
            await connection.execute(park, (None, None, None, *which))
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    [stuck] = ready.json()["data"]["parked"]
    assert (stuck["venue_id"], stuck["reason"]) == (str(venue.venue_id), "it broke")
    assert "menu" in stuck["projection"]
    assert (await client.get("/health/ready")).json()["status"] == "ok"


@pytest.mark.contract("health/metrics")
async def test_there_are_no_numbers_where_guests_are(client: httpx.AsyncClient) -> None:
    for path in ("/metrics", f"{API}/metrics"):
        refused(await client.get(path), 404, "NOT_FOUND")


@pytest.mark.contract("pages/openapi", "shapes/problem")
async def test_the_document_describes_every_call_and_every_error(client: httpx.AsyncClient) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    called = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert {f"POST {API}/orders", f"GET {API}/cart", f"POST {API}/auth/login", "GET /health/ready"} <= called
    examples = document["components"]["examples"]
    assert set(CODES.split()) <= set(examples)
    for code, example in examples.items():
        assert example["value"]["error"] == code
        assert example["value"]["status"] == BY_CODE[code].status


@pytest.mark.contract("pages/openapi", "pages/no-origin")
async def test_the_document_s_page_loads_nothing_from_anywhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/schema")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page.text)
    assert "<script" not in page.text


@pytest.mark.contract("pages/openapi")
async def test_every_answer_in_the_document_is_one_that_the_api_gives(client: httpx.AsyncClient, venue: Venue) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    described = document["paths"][f"{API}/venues/{{slug}}"]["get"]["responses"]
    schema = json.dumps(described["200"])
    assert "#/components/schemas/VenueView" in schema
    view = document["components"]["schemas"]["VenueView"]
    shown = data_of(await client.get(f"{API}/venues/{venue.slug}"))
    assert set(view["required"]) <= shown.keys() <= set(view["properties"])
