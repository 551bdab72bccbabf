"""Everybody at once: what may happen once happens once, nothing is lost, and nobody is told a falsehood."""

import asyncio
from collections.abc import Awaitable
from uuid import uuid4

import httpx
import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, only, refused, statuses
from tests.fixtures.people import FRITTERS, GROUPER, Guest, Json, Venue
from tests.fixtures.served import Served, Simulator

REPLAYED = "idempotent-replayed"
VENUES = 50


async def at_once(*calls: Awaitable[httpx.Response]) -> list[httpx.Response]:
    return list(await asyncio.gather(*calls))


@pytest.mark.contract("rule/races-adds", "cart/add")
async def test_twenty_adds_at_once_are_twenty_lines(guest: Guest) -> None:
    answers = await at_once(*(guest.add(FRITTERS, notes=str(number)) for number in range(20)))
    assert statuses(answers) == [201] * 20
    assert {line["notes"] for line in (await guest.cart())["items"]} == {str(number) for number in range(20)}


@pytest.mark.slow
@pytest.mark.contract("rule/races-adds", "rule/cart-limit")
async def test_two_hundred_adds_at_once_are_fifty_lines_and_150_clean_refusals(guest: Guest) -> None:
    answers = await at_once(*(guest.add() for _ in range(200)))
    assert statuses(answers) == [201] * 50 + [400] * 150
    for answer in answers:
        if answer.status_code != 201:
            refused(answer, 400, "CART_LIMIT_EXCEEDED")
    cart = await guest.cart()
    assert (len(cart["items"]), cart["version"]) == (50, 50)


@pytest.mark.contract("rule/races-keys", "rule/cart-empty")
async def test_of_ten_placements_under_ten_keys_one_is_an_order_and_nine_find_an_empty_cart(
    guest: Guest, cart: Json
) -> None:
    answers = await at_once(*(guest.place() for _ in range(10)))
    assert statuses(answers) == [201] + [400] * 9
    for answer in answers:
        if answer.status_code != 201:
            refused(answer, 400, "CART_EMPTY")
    assert len(data_of(await guest.ask("GET", "/orders"))) == 1


@pytest.mark.contract("rule/races-key", "idempotency/replay", "idempotency/refusals")
@pytest.mark.parametrize("many", [100, pytest.param(200, marks=pytest.mark.slow)])
async def test_many_placements_under_one_key_are_one_order(venue: Venue, guest: Guest, cart: Json, many: int) -> None:
    # Half of them read the cart before the first is done, half of them after: all must be told what the first was.
    before = [asyncio.create_task(guest.place("the key")) for _ in range(many // 2)]
    await asyncio.wait(before, return_when=asyncio.FIRST_COMPLETED)
    answers = await at_once(*before, *(guest.place("the key") for _ in range(many - many // 2)))
    assert statuses(answers) == [200] * (many - 1) + [201]
    first = only(answers, lambda answer: answer.status_code == 201)
    assert REPLAYED not in first.headers
    for answer in answers:
        assert answer.json() == first.json()
        assert answer.headers["ledger-position"] == first.headers["ledger-position"]
    assert sum(REPLAYED in answer.headers for answer in answers) == many - 1
    assert len(data_of(await venue.audited("/events", type="order.placed.v1"))) == 1


@pytest.mark.contract("pay/two-at-once", "simulator/charges")
@pytest.mark.parametrize("many", [2, 10])
async def test_of_many_payments_at_once_one_is_approved_and_the_card_charged_once(
    guest: Guest, pending_order: Json, gateway: Simulator, many: int
) -> None:
    order_id = pending_order["id"]
    await gateway.takes_its_time(times=1, delay_s=0.1)
    answers = await at_once(*(guest.pay(order_id) for _ in range(many)))
    approved = only(answers, lambda answer: answer.status_code == 200)
    for answer in answers:
        if answer is not approved:
            problem = answer.json()
            assert (answer.status_code, problem["error"]) in {
                (409, "PAYMENT_IN_PROGRESS"),
                (400, "ORDER_ALREADY_PAID"),
            }
    assert await gateway.live_minor(order_id) == pending_order["total"]
    assert len(await gateway.charges(order_id)) == 1


@pytest.mark.contract("pay/cancel-while-open", "pay/two-at-once")
async def test_paying_and_cancelling_at_once_end_in_one_of_the_two(
    venue: Venue, simulator: Simulator, subtests: pytest.Subtests
) -> None:
    guest = await venue.guest()
    for number in range(10):
        with subtests.test(number=number):
            order = await guest.ordered()
            paid, cancelled = await at_once(guest.pay(order["id"]), guest.cancel(order["id"]))
            after = await guest.order(order["id"])
            if paid.status_code == 200:
                assert cancelled.json()["error"] in {"PAYMENT_IN_PROGRESS", "ORDER_NOT_MODIFIABLE"}
                assert (after["status"], after["payment_status"]) == ("confirmed", "paid")
                assert await simulator.live_minor(order["id"]) == order["total"]
            else:
                refused(paid, 409, "ORDER_NOT_PAYABLE")
                assert (after["status"], after["payment_status"]) == ("cancelled", "unpaid")
                assert await simulator.live_minor(order["id"]) == 0


@pytest.mark.contract("admin/refund", "pay/cancel-paid")
async def test_refunds_and_a_cancellation_at_once_give_back_what_was_paid_and_no_more(
    venue: Venue, guest: Guest, confirmed_order: Json, simulator: Simulator
) -> None:
    order_id, total = confirmed_order["id"], confirmed_order["total"]
    body = {"reason": "cold", "amount": total // 3}
    path = f"/orders/{order_id}"
    answers = await at_once(
        *(
            venue.ask(Role.FLOOR, "POST", f"{path}/refunds", body | {"idempotency_key": str(number)})
            for number in range(5)
        ),
        venue.ask(Role.FLOOR, "PATCH", f"{path}/status", {"status": "cancelled"}),
    )
    assert all(answer.status_code in {200, 201, 400} for answer in answers), [answer.text for answer in answers]
    await guest.order_once(order_id, lambda order: order["payment_status"] == "refunded")
    assert await simulator.refunded_minor(order_id) == total


@pytest.mark.contract("states/moves", "admin/lines")
async def test_of_many_equal_moves_at_once_one_is_made(venue: Venue, pending_order: Json) -> None:
    path = f"/orders/{pending_order['id']}/status"
    for status in ("confirmed", "preparing", "ready", "completed"):
        answers = await at_once(*(venue.ask(Role.MANAGER, "PATCH", path, {"status": status}) for _ in range(8)))
        assert statuses(answers) == [200] + [400] * 7
    history = data_of(await venue.audited(f"/orders/{pending_order['id']}/history"))
    moves = [event["type"] for event in history if "line" not in event["type"]]
    assert len(moves) == len(set(moves)) == 5


@pytest.mark.contract("order/number", "rule/races-adds")
async def test_many_guests_at_once_get_an_order_and_a_number_of_their_own(venue: Venue) -> None:
    guests = await asyncio.gather(*(venue.guest("T1") for _ in range(30)))
    orders = await asyncio.gather(*(guest.ordered() for guest in guests))
    assert len({order["order_number"] for order in orders}) == 30
    assert len({order["id"] for order in orders}) == 30


async def an_evening(venue: Venue) -> set[str]:
    """Two guests order, one pays, the kitchen moves it. The orders' ids."""
    first, second = await asyncio.gather(venue.guest("T1"), venue.guest("T2"))
    one, other = await asyncio.gather(first.ordered(), second.ordered(GROUPER))
    await asyncio.gather(first.pay(one["id"]), venue.move(other["id"], "confirmed", "preparing"))
    return {one["id"], other["id"]}


@pytest.mark.slow
@pytest.mark.contract("audit/events", "audit/verify")
async def test_fifty_venues_at_once_lose_nothing(client: httpx.AsyncClient, api: Served) -> None:
    venues = [await Venue.opened(client, api.back_door) for _ in range(VENUES)]
    for venue in venues:
        await venue.headers(Role.MANAGER)  # fifty log-ins at once would only measure argon2
    orders = await asyncio.gather(*(an_evening(venue) for venue in venues))
    for venue, placed in zip(venues, orders, strict=True):
        verdict = data_of(await venue.audited("/verify"))
        assert (verdict["valid"], verdict["first_bad_position"]) == (True, None)
        events = data_of(await venue.audited("/events"))
        assert [event["position"] for event in events] == list(range(1, verdict["events"] + 1))
        assert {event["data"]["order_id"] for event in events if event["type"] == "order.placed.v1"} == placed
        assert {ticket["order_id"] for ticket in (await venue.board())["tickets"]} == placed


@pytest.mark.contract("idempotency/actor", "admin/staff")
async def test_of_many_equal_hirings_at_once_one_is_made(venue: Venue) -> None:
    body = {"email": f"{uuid4().hex}@x.example", "name": "Nia", "password": "Better-Horse-1234", "role": "floor"}
    answers = await at_once(*(venue.ask(Role.MANAGER, "POST", "/staff", body) for _ in range(4)))
    assert all(answer.status_code in {201, 409} for answer in answers), [answer.text for answer in answers]
    staff = data_of(await venue.ask(Role.MANAGER, "GET", "/staff"))
    assert len([each for each in staff if each["name"] == "Nia"]) == 1
