"""Asking again with the same key: the first answer again, and nothing happens twice."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import psycopg
import pytest
from msgspec.structs import replace

from application.house import House, Timing
from application.steps import Step
from domain.roster.events import Role
from infrastructure.postgres import Server
from infrastructure.settings import Settings
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import API, FRITTERS, Guest, Json, Venue
from tests.fixtures.served import Pause, Simulator, served

REPLAYED = "idempotent-replayed"


def told_again(first: httpx.Response, again: httpx.Response, status: int = 200) -> None:
    assert again.status_code == status, again.text
    assert again.headers[REPLAYED] == "true"
    assert REPLAYED not in first.headers
    assert again.headers["ledger-position"] == first.headers["ledger-position"]
    if status == 200:
        assert again.json() == first.json()


@pytest.mark.contract("idempotency/needed")
async def test_orders_payments_and_refunds_need_a_key(venue: Venue, guest: Guest, confirmed_order: Json) -> None:
    order = f"/orders/{confirmed_order['id']}"
    refused(await guest.ask("POST", "/orders", {}), 400, "MISSING_IDEMPOTENCY_KEY")
    refused(await guest.ask("POST", "/orders"), 400, "MISSING_IDEMPOTENCY_KEY")
    refused(await guest.ask("POST", f"{order}/pay", {"card_token": "tok_visa"}), 400, "MISSING_IDEMPOTENCY_KEY")
    refund = await venue.ask(Role.FLOOR, "POST", f"{order}/refunds", {"reason": "cold"})
    refused(refund, 400, "MISSING_IDEMPOTENCY_KEY")
    null = await guest.ask("POST", "/orders", {"idempotency_key": None})
    refused(null, 400, "MISSING_IDEMPOTENCY_KEY")


@pytest.mark.contract("idempotency/places")
@pytest.mark.parametrize("header", ["Idempotency_Key", "X_Idempotency_Key"])
async def test_a_key_in_a_header_is_the_same_key_as_in_the_body(guest: Guest, cart: Json, header: str) -> None:
    key = str(uuid4())
    first = await guest.ask("POST", "/orders", {}, **{header: key})
    told_again(first, await guest.place(key))
    told_again(first, await guest.ask("POST", "/orders", {"idempotency_key": key}, **{header: key}))


@pytest.mark.contract("idempotency/places")
@pytest.mark.parametrize("header", ["Idempotency_Key", "X_Idempotency_Key"])
async def test_keys_that_differ_are_refused(guest: Guest, cart: Json, header: str) -> None:
    answer = await guest.ask("POST", "/orders", {"idempotency_key": "one"}, **{header: "two"})
    assert names(refused(answer, 400, "VALIDATION_ERROR"), "idempotency_key")
    both = await guest.ask("POST", "/orders", {}, Idempotency_Key="one", X_Idempotency_Key="two")
    refused(both, 400, "VALIDATION_ERROR")
    assert await guest.cart() == cart


@pytest.mark.contract("idempotency/replay", "idempotency/lasting", "shapes/ledger-position")
async def test_the_first_answer_is_told_again_after_the_cart_is_gone(guest: Guest, cart: Json) -> None:
    first = await guest.place("once", tip=5, notes="same")
    assert first.status_code == 201
    told_again(first, await guest.place("once", tip=5, notes="same"))
    # What is left out is what is named by its default.
    plain = await guest.place("twice")
    refused(plain, 400, "CART_EMPTY")
    assert len(data_of(await guest.ask("GET", "/orders"))) == 1


@pytest.mark.contract("idempotency/replay", "shapes/ledger-position")
async def test_a_payment_and_a_refund_are_told_again_too(
    venue: Venue, guest: Guest, pending_order: Json, simulator: Simulator
) -> None:
    order_id = pending_order["id"]
    paid = await guest.pay(order_id, key="pay")
    told_again(paid, await guest.pay(order_id, key="pay"))
    assert len(await simulator.charges(order_id)) == 1
    body = {"amount": 100, "reason": "cold", "idempotency_key": "back"}
    first = await venue.ask(Role.FLOOR, "POST", f"/orders/{order_id}/refunds", body)
    assert first.status_code == 201
    told_again(first, await venue.ask(Role.FLOOR, "POST", f"/orders/{order_id}/refunds", body))
    assert (await guest.order(order_id))["refunded"] == 100


@pytest.mark.contract("idempotency/declined", "pay/declined")
async def test_a_decline_is_told_again_and_stays_a_402(guest: Guest, pending_order: Json, simulator: Simulator) -> None:
    first = await guest.pay(pending_order["id"], "tok_declined", key="pay")
    again = await guest.pay(pending_order["id"], "tok_declined", key="pay")
    told_again(first, again, 402)
    assert refused(again, 402, "PAYMENT_DECLINED")["decline_code"] == first.json()["decline_code"]


@pytest.mark.contract("idempotency/reused")
async def test_a_key_that_was_used_for_another_request_is_refused(guest: Guest, cart: Json) -> None:
    order = data_of(await guest.place("key"), 201)
    refused(await guest.place("key", tip=1), 422, "IDEMPOTENCY_KEY_REUSED")
    refused(await guest.place("key", notes="other"), 422, "IDEMPOTENCY_KEY_REUSED")
    refused(await guest.pay(order["id"], key="key"), 422, "IDEMPOTENCY_KEY_REUSED")
    data_of(await guest.pay(order["id"], key="pay", amount=10))
    refused(await guest.pay(order["id"], key="pay", amount=11), 422, "IDEMPOTENCY_KEY_REUSED")
    refused(await guest.pay(order["id"], "tok_declined", key="pay", amount=10), 422, "IDEMPOTENCY_KEY_REUSED")
    second = await guest.ordered()
    refused(await guest.pay(second["id"], key="pay", amount=10), 422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.contract("idempotency/actor")
async def test_the_same_key_of_two_guests_is_two_keys(venue: Venue) -> None:
    orders = []
    for guest in (await venue.guest(), await venue.guest()):
        await guest.add()
        orders.append(data_of(await guest.place("mine"), 201)["id"])
    assert len(set(orders)) == 2


@pytest.mark.contract("idempotency/actor")
async def test_whoever_has_no_good_token_hears_nothing_of_answers(
    guest: Guest, expired_session: Guest, cart: Json
) -> None:
    data_of(await guest.place("key"), 201)
    token = guest.session["token"]
    forged = {"X-Session-Token": token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")}
    answer = await guest.client.post(f"{API}/orders", json={"idempotency_key": "key"}, headers=forged)
    refused(answer, 401, "SESSION_INVALID")


@pytest.mark.contract("idempotency/optional")
async def test_other_commands_take_a_key_as_an_option(venue: Venue, guest: Guest) -> None:
    body = {"menu_item_id": await venue.dish_id(FRITTERS), "quantity": 1}
    first = await guest.ask("POST", "/cart/items", body, Idempotency_Key="add")
    told_again(first, await guest.ask("POST", "/cart/items", body, Idempotency_Key="add"))
    assert (await guest.cart())["item_count"] == 1
    line = f"/cart/items/{first.json()['data']['items'][0]['id']}"
    removed = await guest.ask("DELETE", line, Idempotency_Key="gone")
    told_again(removed, await guest.ask("DELETE", line, Idempotency_Key="gone"))
    refused(await guest.ask("DELETE", line), 404, "CART_LINE_NOT_FOUND")
    order = await guest.ordered()
    path, move = f"/orders/{order['id']}/status", {"status": "confirmed"}
    moved = await venue.ask(Role.FLOOR, "PATCH", path, move, Idempotency_Key="go")
    told_again(moved, await venue.ask(Role.FLOOR, "PATCH", path, move, Idempotency_Key="go"))
    table = {"name": "Terrace"}
    added = await venue.ask(Role.FLOOR, "POST", "/tables", table, Idempotency_Key="go-2")
    told_again(added, await venue.ask(Role.FLOOR, "POST", "/tables", table, Idempotency_Key="go-2"))


@pytest.mark.contract("idempotency/none", "session/open")
async def test_opening_a_session_and_logging_in_take_no_key_and_are_never_told_again(
    client: httpx.AsyncClient, venue: Venue
) -> None:
    async def twice(path: str, body: Json, headers: Json) -> tuple[httpx.Response, httpx.Response]:
        lines = {**headers, "Idempotency-Key": "same"}
        return await client.post(API + path, json=body, headers=lines), await client.post(
            API + path, json=body, headers=lines
        )

    first, second = await twice(f"/venues/{venue.slug}/session", {"table_short_code": "T1"}, {})
    assert data_of(first, 201)["token"] != data_of(second, 201)["token"]
    login = {"email": venue.email(Role.FLOOR), "password": "Correct-Horse-9"}
    first, second = await twice("/auth/login", login, {})
    assert data_of(first)["access_token"] != data_of(second)["access_token"]
    assert REPLAYED not in second.headers
    with_key = {"idempotency_key": "same", "table_short_code": "T1"}
    refused(await client.post(f"{API}/venues/{venue.slug}/session", json=with_key), 400, "VALIDATION_ERROR")


@pytest.mark.contract("idempotency/refusals", "rule/cart-empty")
async def test_a_refusal_is_judged_again_under_the_same_key(guest: Guest) -> None:
    refused(await guest.place("key"), 400, "CART_EMPTY")
    await guest.add()
    assert REPLAYED not in (await guest.place("key")).headers
    assert (await guest.place("key")).headers[REPLAYED] == "true"


@pytest.mark.contract("idempotency/not-final", "pay/unknown")
async def test_an_unknown_outcome_is_not_final(guest: Guest, pending_order: Json, simulator: Simulator) -> None:
    refused(await guest.pay(pending_order["id"], "tok_error", key="key"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    # The same request again finds out that nothing was charged, and tries once more.
    again = await guest.pay(pending_order["id"], "tok_error", key="key")
    refused(again, 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    assert REPLAYED not in again.headers
    data_of(await guest.pay(pending_order["id"], key="other"))
    assert await simulator.live_minor(pending_order["id"]) == pending_order["total"]


@pytest.mark.contract("idempotency/running")
async def test_the_same_request_waits_for_the_first_and_is_told_its_answer(
    guest: Guest, pending_order: Json, simulator: Simulator, pause: Callable[[Step], Pause]
) -> None:
    order_id, charging = pending_order["id"], pause(Step.PAY_STARTED)
    first = asyncio.create_task(guest.pay(order_id, key="key"))
    await charging.begun()
    others = [asyncio.create_task(guest.pay(order_id, key="key")) for _ in range(4)]
    await asyncio.sleep(0.1)
    assert not any(other.done() for other in others)
    charging.let_go()
    answered = await first
    for other in others:
        told_again(answered, await other)
    assert await simulator.live_minor(order_id) == pending_order["total"]


@pytest.mark.contract("idempotency/running", "shapes/retry-after")
async def test_while_the_first_is_still_running_the_same_request_is_told_to_come_back(
    guest: Guest, pending_order: Json, house: House, with_house: Callable[..., House]
) -> None:
    charging = Pause(Step.PAY_STARTED)
    # Five seconds are the house's patience; a tenth of one shows the same.
    with_house(steps=charging, timing=replace(house.timing, patience_s=0.1))
    first = asyncio.create_task(guest.pay(pending_order["id"], key="key"))
    await charging.begun()
    answer = await guest.pay(pending_order["id"], key="key")
    refused(answer, 409, "IDEMPOTENCY_IN_PROGRESS")
    assert int(answer.headers["retry-after"]) >= 1
    charging.let_go()
    told_again(await first, await guest.pay(pending_order["id"], key="key"))


def test_the_house_waits_five_seconds_for_the_first() -> None:
    assert Timing().patience_s == 5


@pytest.mark.contract("idempotency/one-transaction", "idempotency/lasting")
async def test_key_events_and_answer_stand_in_the_same_transaction_and_for_72_hours(
    venue: Venue, guest: Guest, cart: Json, database: Server
) -> None:
    placed = await guest.place("key")
    position = int(placed.headers["ledger-position"])
    async with await psycopg.AsyncConnection.connect(database.admin_dsn) as connection:
        written = await connection.execute(
            "select xmin::text, kept_until - now() from receipts where venue_id = %s and position = %s",
            (venue.venue_id, position),
        )
        [(transaction, kept_for)] = await written.fetchall()
        events = await connection.execute(
            "select distinct xmin::text from events where venue_id = %s and position between %s and %s",
            (venue.venue_id, position - 2, position),
        )
        assert await events.fetchall() == [(transaction,)]
    assert timedelta(hours=71) < kept_for <= timedelta(hours=72)


@pytest.mark.contract("idempotency/lasting")
async def test_an_answer_is_told_again_by_another_process(guest: Guest, cart: Json, settings: Settings) -> None:
    first = await guest.place("key")
    async with served(settings) as restarted:
        transport = httpx.ASGITransport(app=restarted.app)  # type: ignore[arg-type] # ASGI's own types
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            again = await client.post(f"{API}/orders", json={"idempotency_key": "key"}, headers=guest.headers)
    told_again(first, again)
