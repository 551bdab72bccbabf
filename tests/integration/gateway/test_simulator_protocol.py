"""The simulator seen without our client, so that one mistake made twice would show."""

from uuid import uuid4

import httpx
import pytest

from tests.integration.gateway.conftest import HEADERS, Simulator


def sale_body(**changes: object) -> dict[str, object]:
    body: dict[str, object] = {
        "TransactionIdentifier": str(uuid4()),
        "TotalAmount": 12.99,
        "CurrencyCode": "044",
        "Source": {"Token": "tok_visa"},
        "OrderIdentifier": str(uuid4()),
    }
    return body | changes


async def test_a_sale_is_answered_in_powertranzs_words(simulator: Simulator) -> None:
    body = sale_body()

    answer = (await simulator.http.post("/api/sale", json=body)).json()

    assert answer == {
        "TransactionType": 2,
        "Approved": True,
        "IsoResponseCode": "00",
        "ResponseMessage": "Approved",
        "TransactionIdentifier": body["TransactionIdentifier"],
        "TotalAmount": 12.99,
        "CurrencyCode": "044",
        "AuthorizationCode": "000001",
        "RRN": "000000000001",
        "OrderIdentifier": body["OrderIdentifier"],
        "Voided": False,
    }


async def test_an_authorization_is_live_only_once_it_is_captured(simulator: Simulator) -> None:
    body = sale_body()
    order = {"order": str(body["OrderIdentifier"])}
    named = {"TransactionIdentifier": body["TransactionIdentifier"]}

    authorized = (await simulator.http.post("/api/auth", json=body)).json()
    before = (await simulator.http.get("/_simulator/charges", params=order)).json()
    captured = (await simulator.http.post("/api/capture", json=named)).json()
    after = (await simulator.http.get("/_simulator/charges", params=order)).json()
    twice = (await simulator.http.post("/api/capture", json=named)).json()

    assert (authorized["TransactionType"], captured["TransactionType"]) == (1, 3)
    assert captured["OriginalTrxnIdentifier"] == body["TransactionIdentifier"]
    assert [row["live"] for row in before] == [False]
    assert [row["live"] for row in after] == [True]
    assert twice["Approved"] is False


@pytest.mark.parametrize(
    ("total", "currency", "code"),
    [(0, "044", "13"), (-1, "044", "13"), (12.999, "044", "13"), (1.5, "392", "13"), (1, "999", "12"), (1, "", "12")],
)
async def test_amounts_and_currencies_that_cannot_be_are_refused(
    total: float, currency: str, code: str, simulator: Simulator
) -> None:
    answer = (await simulator.http.post("/api/sale", json=sale_body(TotalAmount=total, CurrencyCode=currency))).json()

    assert (answer["Approved"], answer["IsoResponseCode"]) == (False, code)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"TransactionIdentifier": 1}', b"\xff", b"[" * 5000, b'{"TotalAmount": 1e999}']
)
async def test_a_body_that_is_no_request_is_a_400(content: bytes, simulator: Simulator) -> None:
    for path in ("/api/sale", "/api/void", "/api/refund", "/api/capture", "/_simulator/mode", "/_simulator/faults"):
        assert (await simulator.http.post(path, content=content)).status_code == 400


async def test_a_merchant_without_credentials_is_turned_away(simulator: Simulator) -> None:
    async with httpx.AsyncClient(base_url=simulator.url, trust_env=False) as stranger:
        assert (await stranger.post("/api/sale", json=sale_body())).status_code == 401
        assert (await stranger.get("/api/alive")).status_code == 200
        half = {name: HEADERS[name] for name in list(HEADERS)[:1]}
        assert (await stranger.post("/api/sale", json=sale_body(), headers=half)).status_code == 401


async def test_planned_faults_can_be_called_off(simulator: Simulator) -> None:
    await simulator.plan(operation="sale", times=3)
    assert (await simulator.http.post("/api/sale", json=sale_body())).status_code == 500

    await simulator.http.delete("/_simulator/faults")

    assert (await simulator.http.post("/api/sale", json=sale_body())).status_code == 200
