"""From cart to order, and all the reasons why not."""

import re
from typing import Final
from uuid import UUID, uuid4

import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import FRITTERS, GROUPER, LIME_WEDGE, Guest, Json, Venue, closed_today


@pytest.mark.contract("order/place", "order/totals", "order/count", "shapes/money", "shapes/ids-and-times")
async def test_an_order_is_the_cart_with_a_number_and_a_tip_and_the_cart_is_empty(guest: Guest) -> None:
    await guest.add(FRITTERS, 2, notes="hot")
    cart = data_of(await guest.add(GROUPER, 1), 201)
    order = data_of(await guest.place(tip=300, notes="by the window"), 201)
    assert str(UUID(order["id"])) == order["id"]
    assert (order["status"], order["payment_status"]) == ("pending", "unpaid")
    assert [(line["name"], line["quantity"], line["notes"]) for line in order["items"]] == [
        (FRITTERS, 2, "hot"),
        (GROUPER, 1, None),
    ]
    assert order["item_count"] == 3
    for amount in ("subtotal", "discount", "tax", "tax_included", "service_charge", "currency"):
        assert order[amount] == cart[amount]
    assert (order["tip"], order["total"]) == (300, cart["total"] + 300)
    assert (order["notes"], order["currency"]) == ("by the window", "BSD")
    assert order["placed_at"].endswith("Z")
    assert type(order["version"]) is int
    assert (await guest.cart())["items"] == []


@pytest.mark.contract("order/totals", "cart/show", "shapes/settings-hold")
@pytest.mark.parametrize("on_service_charge", [False, True])
async def test_a_total_is_what_the_formula_says(venue: Venue, guest: Guest, on_service_charge: bool) -> None:  # noqa: FBT001
    await venue.change_settings(
        taxes=[
            {"name": "VAT", "rate_ppm": 75_000, "included": True},
            {"name": "City", "rate_ppm": 12_500, "on_service_charge": on_service_charge},
        ],
        service_charge={"name": "Service", "rate_ppm": 150_000, "from_subtotal": 5_000},
    )
    small = data_of(await guest.add(FRITTERS, 1), 201)
    assert small["service_charge"] == 0
    cart = data_of(await guest.add(GROUPER, 2), 201)
    order = data_of(await guest.place(tip=7), 201)
    assert order["subtotal"] == 1299 + 4998 == sum(line["line_total"] for line in order["items"])
    # Included, by line: 1299 − 1299/1.075 = 90.6 and 4998 − 4998/1.075 = 348.7.
    assert order["tax_included"] == 91 + 349
    service_charge = 945  # 15 % of 6297 = 944.55
    of_service = 12 if on_service_charge else 0  # 1.25 % of 945 = 11.8
    assert order["service_charge"] == service_charge
    # On top, of what is left without the included tax: 1.25 % of 1208 = 15.1 and of 4649 = 58.1.
    assert order["tax"] == 91 + 349 + 15 + 58 + of_service
    for it in (cart, order):
        whole = it["subtotal"] - it["discount"] + it["tax"] - it["tax_included"] + it["service_charge"]
        assert it["total"] == whole + it.get("tip", 0)


@pytest.mark.contract("order/number")
async def test_order_numbers_are_unique_in_a_venue_and_each_venue_has_its_own(venue: Venue) -> None:
    guests = [await venue.guest(code) for code in ("T1", "T2", "T3")]
    numbers = [(await guest.ordered())["order_number"] for guest in guests for _ in range(4)]
    assert all(re.fullmatch(r"#[0-9]+", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.contract("rule/cart-empty")
async def test_an_empty_cart_cannot_be_ordered(guest: Guest) -> None:
    refused(await guest.place(), 400, "CART_EMPTY")
    await guest.ordered()
    refused(await guest.place(), 400, "CART_EMPTY")


@pytest.mark.contract("rule/minimum", "shapes/settings-hold")
async def test_less_than_the_minimum_cannot_be_ordered(venue: Venue, guest: Guest) -> None:
    await guest.add(LIME_WEDGE, 5)
    refused(await guest.place(), 400, "ORDER_MINIMUM_NOT_MET")
    await guest.add(LIME_WEDGE, 1)
    data_of(await guest.place(), 201)
    await venue.change_settings(order_minimum=0)
    await guest.add(LIME_WEDGE, 1)
    data_of(await guest.place(), 201)


@pytest.mark.contract("rule/closed", "shapes/settings-hold")
async def test_a_closed_venue_takes_no_orders(venue: Venue, guest: Guest, cart: Json) -> None:
    await venue.change_settings(opening_hours=closed_today())
    refused(await guest.place(), 409, "VENUE_CLOSED")
    await venue.change_settings(opening_hours=[])
    assert data_of(await guest.place(), 201)["subtotal"] == cart["subtotal"]


@pytest.mark.contract("rule/sold-out")
async def test_what_was_sold_out_meanwhile_cannot_be_ordered(venue: Venue, guest: Guest, cart: Json) -> None:
    item = f"/menu/items/{cart['items'][0]['menu_item_id']}"
    data_of(await venue.ask(Role.KITCHEN, "POST", f"{item}/sold-out"))
    refused(await guest.place(), 409, "ITEM_UNAVAILABLE")
    data_of(await venue.ask(Role.KITCHEN, "POST", f"{item}/back"))
    data_of(await guest.place(), 201)


@pytest.mark.contract("rule/cart-version")
async def test_a_cart_that_is_not_the_one_that_was_shown_cannot_be_ordered(guest: Guest, cart: Json) -> None:
    newer = data_of(await guest.add(FRITTERS), 201)
    assert newer["version"] > cart["version"]
    refused(await guest.place(cart_version=cart["version"]), 409, "CART_CHANGED")
    data_of(await guest.place(cart_version=newer["version"]), 201)


@pytest.mark.contract("rule/price-changed")
async def test_a_changed_price_is_shown_first_and_placing_again_goes_through(
    venue: Venue, guest: Guest, cart: Json
) -> None:
    item = f"/menu/items/{cart['items'][0]['menu_item_id']}"
    data_of(await venue.ask(Role.MANAGER, "PATCH", item, {"price": 1399}))
    key = str(uuid4())
    problem = refused(await guest.place(key), 409, "PRICE_CHANGED")
    assert (problem["old_total"], problem["new_total"]) == (cart["total"], 2 * 1399 + 280)
    repriced = await guest.cart()
    assert (repriced["items"][0]["unit_price"], repriced["total"]) == (1399, problem["new_total"])
    assert data_of(await guest.place(key), 201)["total"] == problem["new_total"]
    events = data_of(await venue.audited("/events", stream=f"cart:{cart['id']}"))
    assert [event["type"].split(".")[1] for event in events] == ["line-added", "repriced", "checked-out"]


@pytest.mark.contract("order/place")
async def test_an_order_keeps_its_prices_whatever_the_menu_says_later(
    venue: Venue, guest: Guest, pending_order: Json
) -> None:
    item = f"/menu/items/{pending_order['items'][0]['menu_item_id']}"
    data_of(await venue.ask(Role.MANAGER, "PATCH", item, {"price": 1, "name": "Cheap"}))
    await venue.change_settings(taxes=[])
    assert await guest.order(pending_order["id"]) == pending_order


WRONG_FIELDS: Final[dict[str, tuple[object, ...]]] = {
    "tip": (-1, 1.5, "2", None, True, [], {}, 10**9 + 1),
    "cart_version": (-1, 1.5, "2", True, [], {}, 10**30),
    "notes": (7, True, [], {}, "a\0b", "x" * 10_001),
    "idempotency_key": (7, True, [], {}, "", "  ", "a\0b", "x" * 256),
    "surprise": (1, None),
}


@pytest.mark.contract("shapes/validation", "shapes/integers")
@pytest.mark.parametrize("field", WRONG_FIELDS)
async def test_a_wrong_field_of_an_order_is_refused_by_name(
    guest: Guest, cart: Json, field: str, subtests: pytest.Subtests
) -> None:
    for value in WRONG_FIELDS[field]:
        with subtests.test(value=str(value)[:30]):
            answer = await guest.ask("POST", "/orders", {"idempotency_key": str(uuid4()), field: value})
            assert names(refused(answer, 400, "VALIDATION_ERROR"), field)
    assert await guest.cart() == cart


@pytest.mark.contract("order/own", "shapes/malformed-id")
@pytest.mark.parametrize("order_id", [str(UUID(int=7)), "nonsense", "1", "🍤"])
async def test_an_order_that_is_not_there_is_not_found(guest: Guest, order_id: str) -> None:
    refused(await guest.ask("GET", f"/orders/{order_id}"), 404, "ORDER_NOT_FOUND")
    refused(await guest.pay(order_id), 404, "ORDER_NOT_FOUND")
    refused(await guest.cancel(order_id), 404, "ORDER_NOT_FOUND")


@pytest.mark.contract("order/own", "shapes/success", "shapes/never-stale")
async def test_guests_see_their_own_orders_newest_first_and_nobody_elses(venue: Venue, guest: Guest) -> None:
    first, second = await guest.ordered(), await guest.ordered(GROUPER)
    listed = await guest.ask("GET", "/orders")
    assert [order["id"] for order in data_of(listed)] == [second["id"], first["id"]]
    assert listed.json()["meta"] == {"next_cursor": None}
    assert await guest.order(first["id"]) == first
    other = await venue.guest("T1")
    assert data_of(await other.ask("GET", "/orders")) == []
    refused(await other.ask("GET", f"/orders/{first['id']}"), 404, "ORDER_NOT_FOUND")
    refused(await other.pay(first["id"]), 404, "ORDER_NOT_FOUND")
    refused(await other.cancel(first["id"]), 404, "ORDER_NOT_FOUND")
    assert (await guest.order(first["id"]))["status"] == "pending"


@pytest.mark.contract("order/cancel")
async def test_a_guest_may_cancel_while_the_order_is_pending(guest: Guest, pending_order: Json) -> None:
    cancelled = data_of(await guest.cancel(pending_order["id"]))
    assert (cancelled["status"], cancelled["cancelled_by"], cancelled["payment_status"]) == (
        "cancelled",
        "guest",
        "unpaid",
    )
    refused(await guest.cancel(pending_order["id"]), 409, "ORDER_NOT_MODIFIABLE")


@pytest.mark.contract("order/cancel")
@pytest.mark.parametrize("moves", [("confirmed",), ("confirmed", "preparing"), ("confirmed", "preparing", "ready")])
async def test_a_guest_may_not_cancel_later(
    venue: Venue, guest: Guest, pending_order: Json, moves: tuple[str, ...]
) -> None:
    await venue.move(pending_order["id"], *moves)
    refused(await guest.cancel(pending_order["id"]), 409, "ORDER_NOT_MODIFIABLE")
    assert (await guest.order(pending_order["id"]))["status"] == moves[-1]


@pytest.mark.contract("states/expired", "admin/settings")
async def test_an_unpaid_order_expires_with_that_as_its_reason(venue: Venue, guest: Guest) -> None:
    await venue.change_settings(order_expiry_seconds=1)
    order = await guest.ordered()
    expired = await guest.order_once(order["id"], lambda each: each["status"] == "cancelled")
    assert (expired["reason"], expired["cancelled_by"], expired["payment_status"]) == ("expired", "expired", "unpaid")
    refused(await guest.pay(order["id"]), 409, "ORDER_NOT_PAYABLE")
