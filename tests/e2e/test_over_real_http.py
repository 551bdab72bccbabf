"""The same over a socket: the program that is served, in a process of its own, asked by a client of its own."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest

from infrastructure.settings import Settings
from tests.fixtures.people import API, Guest, Headers, Venue
from tests.fixtures.served import Served

ROOT = Path(__file__).resolve().parents[2]
LOG_TIMEOUT_S = 5.0
START_TIMEOUT_S = 20.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def log() -> Path:
    """Where the program writes its lines."""
    return ROOT / ".comanda" / f"log-{uuid4().hex}.ndjson"


@pytest.fixture(scope="module")
def operators_port() -> int:
    """Where operators ask for numbers."""
    return _free_port()


@pytest.fixture(scope="module")
def base_url(api: Served, settings: Settings, log: Path, operators_port: int) -> Iterator[str]:
    """`comanda serve` on a free port, beside the worker that the other tests use too."""
    del api
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMANDA_")} | {
        "DATABASE_URL": settings.database_url,
        "COMANDA_JWT_SECRET": settings.jwt_secret,
        "COMANDA_PORT": str(port),
        "COMANDA_OPERATORS_PORT": str(operators_port),
        "COMANDA_GATEWAY_URL": settings.gateway_url,
        "COMANDA_GATEWAY_ID": settings.gateway_id,
        "COMANDA_GATEWAY_PASSWORD": settings.gateway_password,
        "COMANDA_GATEWAY_TIMEOUT_S": "1",
        "COMANDA_REQUESTS_PER_S_MAX": "5000",
    }
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as lines:
        program = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "serve"], cwd=ROOT, env=environment, stdout=lines, stderr=lines
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url)
        yield url
    finally:
        program.terminate()
        program.wait(timeout=10)
        log.unlink()


@pytest.fixture
async def client(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the program, instead of one of the API in this process."""
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=20.0) as client:
        yield client


async def test_a_guest_s_order_goes_from_the_table_to_the_pass(
    client: httpx.AsyncClient, venue: Venue, guest: Guest, kitchen: Headers
) -> None:
    order = await guest.ordered()
    paid = await guest.pay(order["id"])
    assert paid.status_code == 200, paid.text
    params = {"after": paid.headers["ledger-position"]}
    board = await client.get(f"{venue.admin}/kitchen", params=params, headers=kitchen)
    assert [ticket["order_id"] for ticket in board.json()["data"]["tickets"]] == [order["id"]]
    await venue.move(order["id"], "preparing", "ready", "completed")
    assert (await guest.order(order["id"]))["status"] == "completed"


async def test_a_body_that_grows_too_long_is_refused(client: httpx.AsyncClient, guest: Guest) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * 65_536

    headers = {**guest.headers, "Content-Type": "application/json"}
    answer = await client.post(f"{API}/cart/items", content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_operators_get_numbers_on_a_port_of_their_own(client: httpx.AsyncClient, operators_port: int) -> None:
    assert (await client.get("/metrics")).status_code == 404
    metrics = (await client.get(f"http://127.0.0.1:{operators_port}/metrics")).text
    assert 'comanda_requests_total{method="GET",status="404"}' in metrics
    assert "comanda_database_pool_size" in metrics


async def test_the_log_has_a_line_for_each_request_and_no_secret_in_it(
    client: httpx.AsyncClient, venue: Venue, guest: Guest, log: Path
) -> None:
    secret = "tok_visa_hush"
    order = await guest.ordered()
    await guest.pay(order["id"], card=secret)
    await client.get(f"{API}/cart?token=hush", headers={**guest.headers, "X-Request-Id": "seen-in-the-log"})
    text = await _text_with(log, "seen-in-the-log")
    lines = [msgspec.json.decode(line) for line in text.splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line.get("request_id") == "seen-in-the-log"]
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", f"{API}/cart", 200)
    assert "hush" not in text
    assert guest.session["token"] not in text
    assert venue.slug in text


async def _text_with(log: Path, words: str) -> str:
    """The log once it has these words: a line is written after its answer was sent."""
    deadline = time.monotonic() + LOG_TIMEOUT_S
    while words not in (text := _text(log)) and time.monotonic() < deadline:  # noqa: ASYNC110 - a file tells nobody
        await asyncio.sleep(0.02)
    return text


def _text(log: Path) -> str:
    return log.read_text()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    with httpx.Client(base_url=url, trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if client.get("/health/ready").status_code == httpx.codes.OK:
                    return
            assert time.monotonic() < deadline, "The program never became ready."
            time.sleep(0.05)
