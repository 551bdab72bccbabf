"""A simulator on a free port, and the real client talking to it over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiohttp import web
from msgspec import Struct

from application.gateway import Charge, Refund
from infrastructure.gateway.powertranz import Credentials, PowerTranz
from infrastructure.simulator.app import make_app
from infrastructure.simulator.journal import Journal
from infrastructure.simulator.teller import Repeat

CREDENTIALS = Credentials(powertranz_id="merchant", password="secret-of-the-merchant")
HEADERS = {"PowerTranz-PowerTranzId": "merchant", "PowerTranz-PowerTranzPassword": "secret-of-the-merchant"}
TIMEOUT_S = 0.5


class Simulator(Struct, frozen=True, kw_only=True):
    """A running simulator as tests see it from outside."""

    url: str
    http: httpx.AsyncClient

    async def charges(self, order_id: UUID) -> list[dict[str, Any]]:
        answer = await self.http.get("/_simulator/charges", params={"order": str(order_id)})
        rows: list[dict[str, Any]] = answer.json()
        return rows

    async def refunds(self, order_id: UUID) -> list[dict[str, Any]]:
        answer = await self.http.get("/_simulator/refunds", params={"order": str(order_id)})
        rows: list[dict[str, Any]] = answer.json()
        return rows

    async def repeats(self, repeat: Repeat) -> None:
        answer = await self.http.post("/_simulator/mode", json={"repeat": repeat.value})
        assert answer.json() == {"repeat": repeat.value}

    async def plan(self, **fault: object) -> None:
        answer = await self.http.post("/_simulator/faults", json=fault)
        assert answer.status_code == 204


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    async with Journal(tmp_path / "charges.ndjson") as journal:
        runner = web.AppRunner(make_app(journal, repeat=Repeat.REFUSE), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        url = f"http://{host}:{port}"
        async with httpx.AsyncClient(base_url=url, headers=HEADERS, trust_env=False) as http:
            yield Simulator(url=url, http=http)
        await runner.cleanup()


@pytest.fixture
async def gateway(simulator: Simulator) -> AsyncIterator[PowerTranz]:
    async with PowerTranz(simulator.url, CREDENTIALS, timeout_s=TIMEOUT_S) as client:
        yield client


@pytest.fixture
async def patient_gateway(simulator: Simulator) -> AsyncIterator[PowerTranz]:
    """As patient as the demo's."""
    async with PowerTranz(simulator.url, CREDENTIALS, timeout_s=3.0) as client:
        yield client


def a_charge(
    card_token: str = "tok_visa",  # noqa: S107 - a token of the simulator's, worth nothing elsewhere.
    *,
    amount_minor: int = 1299,
    currency: str = "BSD",
    transaction_id: UUID | None = None,
    order_id: UUID | None = None,
) -> Charge:
    return Charge(
        transaction_id=transaction_id or uuid4(),
        order_id=order_id or uuid4(),
        amount_minor=amount_minor,
        currency=currency,
        card_token=card_token,
    )


def a_refund(charge: Charge, amount_minor: int | None = None, *, transaction_id: UUID | None = None) -> Refund:
    return Refund(
        transaction_id=transaction_id or uuid4(),
        original_transaction_id=charge.transaction_id,
        order_id=charge.order_id,
        amount_minor=charge.amount_minor if amount_minor is None else amount_minor,
        currency=charge.currency,
    )
