"""Paying by card, one payment at a time: what the guest is told, what the order becomes, what the gateway holds."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from msgspec.structs import replace

from domain.roster.events import Role
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import GROUPER, LITTLE_HOUSE, Guest, Json, Venue
from tests.fixtures.served import Served, Simulator


@pytest.mark.contract("pay/approved", "order/pay", "pay/status", "simulator/charges")
async def test_an_approved_payment_confirms_the_order(
    guest: Guest, pending_order: Json, approved_card: str, simulator: Simulator
) -> None:
    order_id, total = pending_order["id"], pending_order["total"]
    paid = data_of(await guest.pay(order_id, approved_card))
    assert (paid["status"], paid["order_id"], paid["amount"], paid["currency"]) == ("approved", order_id, total, "BSD")
    assert str(UUID(paid["id"])) == paid["id"]
    assert paid["authorization_code"]
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"], order["paid"], order["due"]) == ("confirmed", "paid", total, 0)
    [charge] = await simulator.charges(order_id)
    assert charge == {"transaction_id": paid["transaction_id"], "order": order_id, "amount": total, "live": True}


@pytest.mark.contract("pay/approved")
async def test_the_payment_and_the_confirmation_stand_in_one_transaction(venue: Venue, confirmed_order: Json) -> None:
    payments = data_of(await venue.audited(f"/orders/{confirmed_order['id']}/payments"))
    history = data_of(await venue.audited(f"/orders/{confirmed_order['id']}/history"))
    approved = next(event for event in payments if event["type"].startswith("bill.payment-approved"))
    confirmed = next(event for event in history if event["type"].startswith("order.confirmed"))
    assert abs(confirmed["position"] - approved["position"]) == 1
    assert confirmed["recorded_at"] == approved["recorded_at"]
    assert confirmed["request_id"] == approved["request_id"]


@pytest.mark.contract("pay/approved", "pay/amount")
async def test_paying_in_parts_confirms_the_order_with_the_last(
    guest: Guest, pending_order: Json, simulator: Simulator
) -> None:
    order_id, total = pending_order["id"], pending_order["total"]
    assert data_of(await guest.pay(order_id, amount=1000))["amount"] == 1000
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"], order["due"]) == ("pending", "partially_paid", total - 1000)
    refused(await guest.pay(order_id, amount=total - 999), 400, "AMOUNT_INVALID")
    assert data_of(await guest.pay(order_id))["amount"] == total - 1000
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"]) == ("confirmed", "paid")
    assert await simulator.live_minor(order_id) == total


@pytest.mark.contract("pay/amount", "shapes/integers")
async def test_an_amount_that_is_not_due_is_refused(
    guest: Guest, pending_order: Json, simulator: Simulator, subtests: pytest.Subtests
) -> None:
    order_id = pending_order["id"]
    for amount in (0, -1, pending_order["total"] + 1, 10**9):
        with subtests.test(amount=amount):
            refused(await guest.pay(order_id, amount=amount), 400, "AMOUNT_INVALID")
    no_amounts: tuple[Any, ...] = (1.5, "2", True, [], {}, 10**30)
    for amount in no_amounts:
        with subtests.test(amount=amount):
            assert "amount" in refused(await guest.pay(order_id, amount=amount), 400, "VALIDATION_ERROR")["message"]
    assert await simulator.charges(order_id) == []


@pytest.mark.contract("pay/declined", "shapes/problem")
async def test_a_declined_payment_leaves_the_order_pending_and_a_new_key_may_try_again(
    guest: Guest, pending_order: Json, declined_card: str, simulator: Simulator
) -> None:
    order_id = pending_order["id"]
    problem = refused(await guest.pay(order_id, declined_card), 402, "PAYMENT_DECLINED")
    assert problem["decline_code"]
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"]) == ("pending", "unpaid")
    assert await simulator.charges(order_id) == []
    data_of(await guest.pay(order_id))
    assert (await guest.order(order_id))["status"] == "confirmed"


@pytest.mark.contract("pay/order-of-judging")
async def test_what_is_cancelled_or_paid_or_refunded_is_not_paid_again(
    venue: Venue, guest: Guest, confirmed_order: Json
) -> None:
    paid = confirmed_order["id"]
    refused(await guest.pay(paid), 400, "ORDER_ALREADY_PAID")
    refused(await guest.pay(paid, amount=0), 400, "ORDER_ALREADY_PAID")
    body = {"reason": "cold", "idempotency_key": "all"}
    data_of(await venue.ask(Role.FLOOR, "POST", f"/orders/{paid}/refunds", body), 201)
    assert (await guest.order(paid))["payment_status"] == "refunded"
    refused(await guest.pay(paid), 400, "ORDER_ALREADY_PAID")
    data_of(await venue.ask(Role.FLOOR, "PATCH", f"/orders/{paid}/status", {"status": "cancelled"}))
    refused(await guest.pay(paid), 409, "ORDER_NOT_PAYABLE")
    cancelled = await guest.ordered(GROUPER)
    data_of(await guest.cancel(cancelled["id"]))
    refused(await guest.pay(cancelled["id"]), 409, "ORDER_NOT_PAYABLE")
    refused(await guest.pay(cancelled["id"], amount=10**9), 409, "ORDER_NOT_PAYABLE")


@pytest.mark.contract("pay/later", "pay/status", "admin/kitchen")
@pytest.mark.parametrize(
    "moves",
    [
        ("confirmed",),
        ("confirmed", "preparing"),
        ("confirmed", "preparing", "ready"),
        ("confirmed", "preparing", "ready", "completed"),
    ],
)
async def test_an_order_that_staff_confirmed_unpaid_can_be_paid_in_every_state(
    venue: Venue, guest: Guest, pending_order: Json, simulator: Simulator, moves: tuple[str, ...]
) -> None:
    order_id = pending_order["id"]
    moved = await venue.move(order_id, *moves)
    assert (moved["status"], moved["payment_status"]) == (moves[-1], "unpaid")
    if moves[-1] != "completed":
        [ticket] = (await venue.board())["tickets"]
        assert (ticket["order_id"], ticket["payment_status"]) == (order_id, "unpaid")
    data_of(await guest.pay(order_id))
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"]) == (moves[-1], "paid")
    assert await simulator.live_minor(order_id) == pending_order["total"]


@pytest.mark.contract("simulator/tokens")
@pytest.mark.parametrize(
    ("card", "status", "charged"),
    [
        ("tok_visa", 200, True),
        ("tok_test_visa", 200, True),
        ("tok_declined", 402, False),
        ("tok_nobody_issued", 402, False),
        ("tok_error", 503, False),
        ("tok_garbage", 503, True),
        ("tok_timeout", 503, False),
        ("tok_timeout_charged", 503, True),
        ("tok_slow", 503, True),  # it takes 2 s, more than the patience of the API under test
        ("tok_flaky", 503, False),
    ],
)
async def test_every_card_does_what_the_contract_says(
    guest: Guest,
    pending_order: Json,
    simulator: Simulator,
    card: str,
    status: int,
    charged: bool,  # noqa: FBT001
) -> None:
    order_id = pending_order["id"]
    answer = await guest.pay(order_id, card)
    assert answer.status_code == status
    if card != "tok_slow":
        assert await simulator.live_minor(order_id) == (pending_order["total"] if charged else 0)


@pytest.mark.contract("shapes/validation", "shapes/problem")
async def test_a_payment_needs_a_card_that_says_something(
    guest: Guest, pending_order: Json, subtests: pytest.Subtests
) -> None:
    cards: tuple[Any, ...] = ("", "  ", "\t\n", 7, None, True, [], {}, "a\0b")
    for card in cards:
        with subtests.test(card=card):
            problem = refused(await guest.pay(pending_order["id"], card), 400, "VALIDATION_ERROR")
            assert "card_token" in problem["message"]
    body = {"idempotency_key": "x"}
    problem = refused(await guest.ask("POST", f"/orders/{pending_order['id']}/pay", body), 400, "VALIDATION_ERROR")
    assert "card_token" in problem["message"]


@pytest.mark.contract("rule/expired-token", "pay/approved")
async def test_only_the_guest_who_ordered_pays_with_their_own_session(venue: Venue, pending_order: Json) -> None:
    refused(await (await venue.guest()).pay(pending_order["id"]), 404, "ORDER_NOT_FOUND")


@pytest.mark.contract("shapes/money", "pay/approved")
@pytest.mark.parametrize("currency", ["JPY", "KWD"])
async def test_other_currencies_reach_the_gateway_in_their_own_minor_units(
    client: httpx.AsyncClient, api: Served, simulator: Simulator, currency: str
) -> None:
    abroad = await Venue.opened(client, api.back_door, replace(LITTLE_HOUSE.settings, currency=currency))
    guest = await abroad.guest()
    cart = data_of(await guest.add(), 201)
    assert cart["currency"] == currency
    order = data_of(await guest.place(), 201)
    paid = data_of(await guest.pay(order["id"]))
    assert (paid["amount"], paid["currency"]) == (order["total"], currency)
    assert await simulator.live_minor(order["id"]) == order["total"] == 1299 + 130
