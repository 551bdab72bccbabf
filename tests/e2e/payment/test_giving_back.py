"""Money that goes back: refunds by staff, cancelled orders, and charges that came too late."""

import asyncio

import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import FRITTERS, GROUPER, Guest, Json, Venue
from tests.fixtures.served import Simulator


async def refund(venue: Venue, order_id: str, key: str, **body: object) -> Json:
    wanted = {"reason": "it was cold", "idempotency_key": key, **body}
    given: Json = data_of(await venue.ask(Role.FLOOR, "POST", f"/orders/{order_id}/refunds", wanted), 201)
    return given


@pytest.mark.contract("admin/refund", "pay/status")
async def test_some_of_the_money_goes_back_and_then_the_rest(
    venue: Venue, guest: Guest, confirmed_order: Json, simulator: Simulator
) -> None:
    order_id, total = confirmed_order["id"], confirmed_order["total"]
    some = await refund(venue, order_id, "some", amount=1000)
    assert (some["status"], some["amount"], some["reason"]) == ("approved", 1000, "it was cold")
    assert some["payment_status"] == "partially_refunded"
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"], order["refunded"]) == ("confirmed", "partially_refunded", 1000)
    assert (await refund(venue, order_id, "rest"))["amount"] == total - 1000
    assert (await guest.order(order_id))["payment_status"] == "refunded"
    assert await simulator.refunded_minor(order_id) == total


@pytest.mark.contract("admin/refund")
async def test_a_line_s_price_and_tax_go_back(venue: Venue, guest: Guest, simulator: Simulator) -> None:
    await guest.add(FRITTERS, 2)
    order = await guest.ordered(GROUPER, 1)
    data_of(await guest.pay(order["id"]))
    back = await refund(venue, order["id"], "line", lines=[order["items"][0]["id"]])
    assert back["amount"] == 2598 + 260 == await simulator.refunded_minor(order["id"])


@pytest.mark.contract("admin/refund", "pay/order-of-judging")
async def test_never_more_goes_back_than_was_paid(venue: Venue, guest: Guest, confirmed_order: Json) -> None:
    order_id, total = confirmed_order["id"], confirmed_order["total"]

    async def asked(**body: object) -> Json:
        wanted = {"reason": "cold", "idempotency_key": str(body), **body}
        return refused(
            await venue.ask(Role.FLOOR, "POST", f"/orders/{order_id}/refunds", wanted), 400, "REFUND_EXCEEDS_PAID"
        )

    await asked(amount=total + 1)
    await refund(venue, order_id, "some", amount=total - 10)
    await asked(amount=11)
    await asked(lines=[confirmed_order["items"][0]["id"]])
    await refund(venue, order_id, "rest", amount=10)
    await asked(amount=1)
    unpaid = await guest.ordered()
    body = {"reason": "cold", "amount": 1, "idempotency_key": "unpaid"}
    answer = await venue.ask(Role.FLOOR, "POST", f"/orders/{unpaid['id']}/refunds", body)
    refused(answer, 400, "REFUND_EXCEEDS_PAID")


@pytest.mark.contract("admin/refund", "shapes/validation")
async def test_a_refund_needs_a_reason_and_knows_what_it_is_of(
    venue: Venue, confirmed_order: Json, simulator: Simulator, subtests: pytest.Subtests
) -> None:
    path = f"/orders/{confirmed_order['id']}/refunds"
    wrong: dict[str, tuple[object, ...]] = {
        "reason": ("", "  ", 7, None, True, [], "a\0b"),
        "amount": ("1", 1.5, True, [], 10**30),
        "lines": ([], "x", ["x"], [7], {}, True),
        "surprise": (1,),
    }
    for field, value in ((field, value) for field, values in wrong.items() for value in values):
        with subtests.test(field=field, value=value):
            body = {"reason": "cold", "amount": 1, "idempotency_key": "x", field: value}
            problem = refused(await venue.ask(Role.FLOOR, "POST", path, body), 400, "VALIDATION_ERROR")
            assert names(problem, field)
    for amount in (0, -1):
        with subtests.test(amount=amount):
            body = {"reason": "cold", "amount": amount, "idempotency_key": "x"}
            refused(await venue.ask(Role.FLOOR, "POST", path, body), 400, "AMOUNT_INVALID")
    both = {"reason": "x", "amount": 1, "lines": [confirmed_order["items"][0]["id"]], "idempotency_key": "x"}
    refused(await venue.ask(Role.FLOOR, "POST", path, both), 400, "VALIDATION_ERROR")
    unknown = {"reason": "x", "lines": [confirmed_order["id"]], "idempotency_key": "x"}
    refused(await venue.ask(Role.FLOOR, "POST", path, unknown), 404, "ORDER_LINE_NOT_FOUND")
    assert await simulator.refunded_minor(confirmed_order["id"]) == 0


@pytest.mark.contract("admin/refund", "idempotency/not-final")
async def test_a_refund_whose_answer_is_lost_is_made_once(
    venue: Venue, guest: Guest, confirmed_order: Json, gateway: Simulator
) -> None:
    order_id = confirmed_order["id"]
    await gateway.keeps_silent("refund", charged=True)
    body = {"reason": "cold", "amount": 500, "idempotency_key": "back"}
    answer = await venue.ask(Role.FLOOR, "POST", f"/orders/{order_id}/refunds", body)
    refused(answer, 503, "PAYMENT_GATEWAY_UNAVAILABLE")
    assert (await guest.order(order_id))["payment_status"] == "refunding"
    assert (await refund(venue, order_id, "back", reason="cold", amount=500))["status"] == "approved"
    assert await gateway.refunded_minor(order_id) == 500


@pytest.mark.contract("pay/cancel-paid", "pay/status")
async def test_a_paid_order_that_staff_cancel_is_refunded_by_itself(
    venue: Venue, guest: Guest, confirmed_order: Json, gateway: Simulator
) -> None:
    order_id = confirmed_order["id"]
    await gateway.takes_its_time("refund", delay_s=0.2)
    cancelled = await venue.ask(
        Role.FLOOR, "PATCH", f"/orders/{order_id}/status", {"status": "cancelled", "reason": "out of conch"}
    )
    order = data_of(cancelled)
    assert (order["status"], order["payment_status"], order["reason"]) == ("cancelled", "refunding", "out of conch")
    order = await guest.order_once(order_id, lambda it: it["payment_status"] == "refunded")
    assert (order["status"], order["refunded"]) == ("cancelled", order["total"])
    assert await gateway.live_minor(order_id) == 0


@pytest.mark.contract("pay/cancel-paid")
@pytest.mark.parametrize("charged", [False, True])
async def test_a_refund_by_itself_is_made_once_whatever_the_gateway_answers_at_first(
    venue: Venue, guest: Guest, confirmed_order: Json, gateway: Simulator, *, charged: bool
) -> None:
    order_id = confirmed_order["id"]
    await gateway.fails("refund", charged=charged)
    await venue.move(order_id, "cancelled")
    await guest.order_once(order_id, lambda it: it["payment_status"] == "refunded", 10.0)
    assert await gateway.refunded_minor(order_id) == confirmed_order["total"]


@pytest.mark.contract("admin/cash", "pay/status")
async def test_cash_pays_an_order_like_a_card(venue: Venue, guest: Guest, pending_order: Json) -> None:
    order_id, total = pending_order["id"], pending_order["total"]
    path = f"/orders/{order_id}/payments"
    some = data_of(await venue.ask(Role.FLOOR, "POST", path, {"method": "cash", "amount": 1000}), 201)
    assert (some["method"], some["amount"], some["status"], some["currency"]) == ("cash", 1000, "approved", "BSD")
    assert some["transaction_id"] is None
    assert (await guest.order(order_id))["payment_status"] == "partially_paid"
    for amount in (0, -1, total - 999):
        answer = await venue.ask(Role.FLOOR, "POST", path, {"method": "cash", "amount": amount})
        refused(answer, 400, "AMOUNT_INVALID")
    data_of(await venue.ask(Role.FLOOR, "POST", path, {"method": "cash", "amount": total - 1000}), 201)
    order = await guest.order(order_id)
    assert (order["status"], order["payment_status"]) == ("confirmed", "paid")
    again = await venue.ask(Role.FLOOR, "POST", path, {"method": "cash", "amount": 1})
    refused(again, 400, "ORDER_ALREADY_PAID")


@pytest.mark.contract("admin/cash", "shapes/validation", "shapes/integers")
async def test_cash_is_an_amount_and_nothing_else(venue: Venue, pending_order: Json, subtests: pytest.Subtests) -> None:
    path = f"/orders/{pending_order['id']}/payments"
    wrong: dict[str, tuple[object, ...]] = {
        "amount": ("1", 1.5, None, True, [], {}, 10**30),
        "method": ("card", "", None, 7, []),
        "surprise": (1,),
    }
    for field, value in ((field, value) for field, values in wrong.items() for value in values):
        with subtests.test(field=field, value=value):
            body = {"method": "cash", "amount": 1, field: value}
            problem = refused(await venue.ask(Role.FLOOR, "POST", path, body), 400, "VALIDATION_ERROR")
            assert names(problem, field)


@pytest.mark.contract("admin/cash")
async def test_cash_is_given_back_without_the_gateway(venue: Venue, guest: Guest, pending_order: Json) -> None:
    order_id, total = pending_order["id"], pending_order["total"]
    body = {"method": "cash", "amount": total}
    data_of(await venue.ask(Role.FLOOR, "POST", f"/orders/{order_id}/payments", body), 201)
    await venue.move(order_id, "cancelled")
    order = await guest.order_once(order_id, lambda it: it["payment_status"] == "refunded")
    assert order["refunded"] == total
    assert (await asyncio.wait_for(venue.order(order_id), 5))["payment_status"] == "refunded"
