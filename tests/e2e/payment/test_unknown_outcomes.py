"""When the gateway does not say what became of a charge, somebody finds out, and nobody is charged twice."""

import asyncio
from collections.abc import Callable

import pytest

from application.steps import Step
from domain.roster.events import Role
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import Guest, Json, Venue
from tests.fixtures.served import Pause, Simulator


@pytest.mark.contract("pay/unknown", "shapes/retry-after")
@pytest.mark.parametrize("card", ["tok_error", "tok_garbage", "tok_timeout", "tok_timeout_charged"])
async def test_an_answer_that_cannot_be_believed_is_unknown(guest: Guest, pending_order: Json, card: str) -> None:
    refused(await guest.pay(pending_order["id"], card), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    order = await guest.order(pending_order["id"])
    assert (order["status"], order["payment_status"]) == ("pending", "unknown")


@pytest.mark.contract("pay/settled-approved")
@pytest.mark.parametrize("card", ["tok_garbage", "tok_timeout_charged"])
async def test_a_charge_that_is_found_is_the_answer_to_its_own_key(
    guest: Guest, pending_order: Json, simulator: Simulator, card: str
) -> None:
    order_id, total = pending_order["id"], pending_order["total"]
    refused(await guest.pay(order_id, card, key="mine"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    paid = data_of(await guest.pay(order_id, card, key="mine"))
    assert (paid["status"], paid["amount"]) == ("approved", total)
    assert (await guest.order(order_id))["status"] == "confirmed"
    assert [charge["transaction_id"] for charge in await simulator.charges(order_id)] == [paid["transaction_id"]]
    again = await guest.pay(order_id, card, key="mine")
    assert (again.headers["idempotent-replayed"], data_of(again)) == ("true", paid)


@pytest.mark.contract("pay/settled-approved")
async def test_a_charge_that_is_found_is_already_paid_to_another_key(
    guest: Guest, pending_order: Json, simulator: Simulator, silently_charged_card: str
) -> None:
    order_id = pending_order["id"]
    refused(await guest.pay(order_id, silently_charged_card), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    refused(await guest.pay(order_id), 400, "ORDER_ALREADY_PAID")
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"]) == ("confirmed", "paid")
    assert await simulator.live_minor(order_id) == pending_order["total"]


@pytest.mark.contract("pay/settled-not-found")
@pytest.mark.parametrize("card", ["tok_error", "tok_timeout"])
@pytest.mark.parametrize("key", ["same", "other"])
async def test_a_charge_that_is_not_found_is_ruled_out_and_charged_once(
    guest: Guest, pending_order: Json, simulator: Simulator, card: str, key: str
) -> None:
    order_id = pending_order["id"]
    refused(await guest.pay(order_id, card, key="same"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    if key == "same":
        refused(await guest.pay(order_id, card, key=key), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    else:
        data_of(await guest.pay(order_id, key=key))
        assert await simulator.live_minor(order_id) == pending_order["total"]
        assert len(await simulator.charges(order_id)) == 1


@pytest.mark.contract("pay/settled-not-found", "simulator/tokens")
async def test_a_gateway_that_fails_once_charges_once(
    guest: Guest, pending_order: Json, simulator: Simulator, flaky_card: str
) -> None:
    order_id = pending_order["id"]
    refused(await guest.pay(order_id, flaky_card, key="mine"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    paid = data_of(await guest.pay(order_id, flaky_card, key="mine"))
    assert paid["amount"] == await simulator.live_minor(order_id) == pending_order["total"]


@pytest.mark.contract("pay/settled-not-found", "admin/settings")
async def test_before_the_delay_is_over_not_found_says_nothing(
    venue: Venue, guest: Guest, pending_order: Json, simulator: Simulator
) -> None:
    await venue.change_settings(unknown_settle_delay_s=3600)
    order_id = pending_order["id"]
    refused(await guest.pay(order_id, "tok_error"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    refused(await guest.pay(order_id), 409, "PAYMENT_IN_PROGRESS")
    await venue.change_settings(unknown_settle_delay_s=0)
    data_of(await guest.pay(order_id))
    assert await simulator.live_minor(order_id) == pending_order["total"]


@pytest.mark.contract("pay/unknown")
async def test_while_the_gateway_cannot_be_asked_nothing_new_is_charged(
    guest: Guest, pending_order: Json, gateway: Simulator
) -> None:
    order_id = pending_order["id"]
    await gateway.fails("look_up", times=50)
    refused(await guest.pay(order_id, "tok_timeout_charged"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    refused(await guest.pay(order_id), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    assert (await guest.order(order_id))["payment_status"] == "unknown"
    await gateway.behaves_again()
    refused(await guest.pay(order_id), 400, "ORDER_ALREADY_PAID")
    assert await gateway.live_minor(order_id) == pending_order["total"]


@pytest.mark.contract("pay/settle-waits")
async def test_a_payment_that_meets_a_settlement_waits_for_it(
    guest: Guest, pending_order: Json, simulator: Simulator, pause: Callable[[Step], Pause]
) -> None:
    order_id = pending_order["id"]
    refused(await guest.pay(order_id, "tok_timeout_charged", key="mine"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    settling = pause(Step.SETTLE_LOOKED_UP)
    mine = asyncio.create_task(guest.pay(order_id, "tok_timeout_charged", key="mine"))
    await settling.begun()
    other = asyncio.create_task(guest.pay(order_id, key="other"))
    await asyncio.sleep(0.1)
    assert not other.done()
    settling.let_go()
    assert data_of(await mine)["status"] == "approved"
    refused(await other, 400, "ORDER_ALREADY_PAID")
    assert await simulator.live_minor(order_id) == pending_order["total"]


@pytest.mark.contract("pay/settled-approved", "pay/settled-not-found")
@pytest.mark.parametrize(("card", "becomes"), [("tok_timeout_charged", "paid"), ("tok_timeout", "unpaid")])
async def test_what_nobody_comes_back_for_the_worker_settles(
    venue: Venue, guest: Guest, pending_order: Json, card: str, becomes: str
) -> None:
    refused(await guest.pay(pending_order["id"], card), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    order = await guest.order_once(pending_order["id"], lambda it: it["payment_status"] != "unknown", 10.0)
    assert order["payment_status"] == becomes
    assert order["status"] == ("confirmed" if becomes == "paid" else "pending")
    [actor] = {
        event["actor"]
        for event in data_of(await venue.audited(f"/orders/{order['id']}/payments"))
        if event["type"].split(".")[1] in {"payment-approved", "payment-not-charged"}
    }
    assert actor.startswith("system:")


@pytest.mark.contract("pay/cancel-while-open")
async def test_an_order_whose_payment_is_unknown_cannot_be_cancelled(
    venue: Venue, guest: Guest, pending_order: Json
) -> None:
    order_id = pending_order["id"]
    refused(await guest.pay(order_id, "tok_timeout_charged"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    refused(await guest.cancel(order_id), 409, "PAYMENT_IN_PROGRESS")
    by_staff = await venue.ask(Role.FLOOR, "PATCH", f"/orders/{order_id}/status", {"status": "cancelled"})
    refused(by_staff, 409, "PAYMENT_IN_PROGRESS")


@pytest.mark.contract("pay/cancel-while-open", "pay/status")
async def test_an_order_whose_payment_is_under_way_cannot_be_cancelled(
    venue: Venue, guest: Guest, pending_order: Json, pause: Callable[[Step], Pause]
) -> None:
    order_id, charging = pending_order["id"], pause(Step.PAY_STARTED)
    paying = asyncio.create_task(guest.pay(order_id))
    await charging.begun()
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"]) == ("pending", "processing")
    refused(await guest.cancel(order_id), 409, "PAYMENT_IN_PROGRESS")
    by_staff = await venue.ask(Role.FLOOR, "PATCH", f"/orders/{order_id}/status", {"status": "cancelled"})
    refused(by_staff, 409, "PAYMENT_IN_PROGRESS")
    refused(await guest.pay(order_id), 409, "PAYMENT_IN_PROGRESS")
    charging.let_go()
    data_of(await paying)


@pytest.mark.contract("pay/cancel-while-open", "states/expired")
async def test_an_order_does_not_expire_while_its_payment_is_unknown(
    venue: Venue, guest: Guest, gateway: Simulator
) -> None:
    await venue.change_settings(order_expiry_seconds=1)
    order = await guest.ordered()
    await gateway.fails("look_up", times=1_000)
    refused(await guest.pay(order["id"], "tok_timeout_charged"), 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    await asyncio.sleep(1.5)
    later = await guest.order(order["id"])
    assert (later["status"], later["payment_status"]) == ("pending", "unknown")
    await gateway.behaves_again()
    refused(await guest.pay(order["id"]), 400, "ORDER_ALREADY_PAID")
    assert (await guest.order(order["id"]))["status"] == "confirmed"
