"""A guest's cart: lines of their own, limits, options, and what it all comes to."""

from uuid import UUID, uuid4

import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import CRACKED_CONCH, FRITTERS, GROUPER, Guest, Json, Venue
from tests.fixtures.strategies import NOT_A_QUANTITY


@pytest.mark.contract("cart/show", "order/count", "order/totals", "shapes/success", "shapes/money")
async def test_a_cart_shows_its_lines_and_what_they_come_to(guest: Guest) -> None:
    await guest.add(FRITTERS, 2, notes="hot")
    cart = data_of(await guest.add(GROUPER, 3), 201)
    assert cart == await guest.cart()
    first, second = cart["items"]
    assert (first["name"], first["quantity"], first["unit_price"], first["line_total"]) == (FRITTERS, 2, 1299, 2598)
    assert (first["notes"], second["notes"], first["options"]) == ("hot", None, [])
    assert UUID(first["id"]) != UUID(second["id"])
    assert first["menu_item_id"] == await guest.venue.dish_id(FRITTERS)
    assert cart["item_count"] == 5
    assert cart["subtotal"] == 2 * 1299 + 3 * 2499 == sum(line["line_total"] for line in cart["items"])
    assert (cart["discount"], cart["tax_included"], cart["service_charge"]) == (0, 0, 0)
    # Ten per cent on each line, each rounded half up: 259.8 → 260 and 749.7 → 750.
    assert cart["tax"] == 260 + 750
    assert cart["total"] == cart["subtotal"] + cart["tax"]
    assert (cart["currency"], type(cart["version"])) == ("BSD", int)


@pytest.mark.contract("cart/add")
async def test_each_add_is_a_line_of_its_own(guest: Guest) -> None:
    await guest.add(FRITTERS, 1)
    cart = data_of(await guest.add(FRITTERS, 1), 201)
    assert [line["quantity"] for line in cart["items"]] == [1, 1]


@pytest.mark.contract("cart/change")
async def test_a_line_can_be_changed_and_removed_and_the_cart_cleared(guest: Guest) -> None:
    await guest.add(FRITTERS, 1)
    first, second = data_of(await guest.add(GROUPER, 1), 201)["items"]
    changed = data_of(await guest.ask("PATCH", f"/cart/items/{first['id']}", {"quantity": 4}))
    assert [line["quantity"] for line in changed["items"]] == [4, 1]
    fewer = data_of(await guest.ask("DELETE", f"/cart/items/{first['id']}"))
    assert [line["id"] for line in fewer["items"]] == [second["id"]]
    assert data_of(await guest.ask("DELETE", "/cart"))["items"] == []
    assert data_of(await guest.ask("DELETE", "/cart"))["total"] == 0


@pytest.mark.contract("cart/change", "shapes/malformed-id")
async def test_a_line_that_is_not_there_is_not_found(guest: Guest, cart: Json, subtests: pytest.Subtests) -> None:
    for line_id in (str(uuid4()), "nonsense", "1", "%00", "🍤"):
        with subtests.test(line_id=line_id):
            path = f"/cart/items/{line_id}"
            refused(await guest.ask("PATCH", path, {"quantity": 1}), 404, "CART_LINE_NOT_FOUND")
            refused(await guest.ask("DELETE", path), 404, "CART_LINE_NOT_FOUND")


@pytest.mark.contract("cart/change")
async def test_another_guest_s_line_is_not_there(venue: Venue, cart: Json) -> None:
    other = await venue.guest()
    path = f"/cart/items/{cart['items'][0]['id']}"
    refused(await other.ask("PATCH", path, {"quantity": 1}), 404, "CART_LINE_NOT_FOUND")


@pytest.mark.contract("rule/quantity", "shapes/integers")
async def test_what_is_no_quantity_is_refused_by_name(guest: Guest, cart: Json, subtests: pytest.Subtests) -> None:
    line = f"/cart/items/{cart['items'][0]['id']}"
    for quantity in (*NOT_A_QUANTITY, -(10**30), "", " ", 1.0, 0.1, 10**9 + 1, False):
        with subtests.test(quantity=quantity):
            for answer in (await guest.add(FRITTERS, quantity), await guest.ask("PATCH", line, {"quantity": quantity})):
                assert names(refused(answer, 400, "VALIDATION_ERROR"), "quantity")
    assert await guest.cart() == cart


@pytest.mark.contract("rule/quantity", "shapes/validation")
async def test_a_quantity_has_to_be_given(guest: Guest) -> None:
    body = {"menu_item_id": await guest.venue.dish_id(FRITTERS)}
    assert names(refused(await guest.ask("POST", "/cart/items", body), 400, "VALIDATION_ERROR"), "quantity")


@pytest.mark.contract("rule/quantity-limit")
@pytest.mark.parametrize("quantity", [100, 10**9])
async def test_more_than_99_of_a_dish_is_too_many(guest: Guest, cart: Json, quantity: int) -> None:
    path = f"/cart/items/{cart['items'][0]['id']}"
    refused(await guest.add(FRITTERS, quantity), 400, "QUANTITY_EXCEEDS_LIMIT")
    refused(await guest.ask("PATCH", path, {"quantity": quantity}), 400, "QUANTITY_EXCEEDS_LIMIT")
    assert data_of(await guest.ask("PATCH", path, {"quantity": 99}))["item_count"] == 99


@pytest.mark.contract("rule/quantity-limit", "rule/cart-limit", "shapes/settings-hold", "admin/settings")
async def test_a_venue_sets_its_own_limits(venue: Venue, guest: Guest) -> None:
    await venue.change_settings(max_line_quantity=3, max_cart_lines=2)
    refused(await guest.add(FRITTERS, 4), 400, "QUANTITY_EXCEEDS_LIMIT")
    data_of(await guest.add(FRITTERS, 3), 201)
    data_of(await guest.add(FRITTERS, 3), 201)
    refused(await guest.add(FRITTERS, 1), 400, "CART_LIMIT_EXCEEDED")


@pytest.mark.contract("rule/cart-limit")
async def test_the_51st_line_is_one_too_many(guest: Guest) -> None:
    for _ in range(50):
        data_of(await guest.add(FRITTERS, 1), 201)
    refused(await guest.add(FRITTERS, 1), 400, "CART_LIMIT_EXCEEDED")
    assert (await guest.cart())["item_count"] == 50


@pytest.mark.contract("rule/item-missing")
async def test_a_dish_that_is_not_on_the_menu_is_not_found(venue: Venue, guest: Guest) -> None:
    unknown = {"menu_item_id": str(uuid4()), "quantity": 1}
    refused(await guest.ask("POST", "/cart/items", unknown), 404, "MENU_ITEM_NOT_FOUND")
    removed = await venue.dish_id(GROUPER)
    data_of(await venue.ask(Role.MANAGER, "DELETE", f"/menu/items/{removed}"))
    refused(await guest.add(GROUPER), 404, "MENU_ITEM_NOT_FOUND")


@pytest.mark.contract("shapes/malformed-id")
async def test_a_malformed_id_in_a_body_is_refused_by_name(guest: Guest, subtests: pytest.Subtests) -> None:
    item_ids: tuple[object, ...] = ("nonsense", "", 7, None, [], {}, True, "0" * 31)
    for item_id in item_ids:
        with subtests.test(item_id=item_id):
            answer = await guest.ask("POST", "/cart/items", {"menu_item_id": item_id, "quantity": 1})
            assert names(refused(answer, 400, "VALIDATION_ERROR"), "menu_item_id")


@pytest.mark.contract("rule/sold-out", "admin/menu")
async def test_a_dish_that_is_sold_out_is_unavailable_until_it_is_back(venue: Venue, guest: Guest) -> None:
    item = f"/menu/items/{await venue.dish_id(FRITTERS)}"
    data_of(await venue.ask(Role.KITCHEN, "POST", f"{item}/sold-out"))
    refused(await guest.add(FRITTERS), 409, "ITEM_UNAVAILABLE")
    data_of(await venue.ask(Role.KITCHEN, "POST", f"{item}/back"))
    data_of(await guest.add(FRITTERS), 201)


@pytest.mark.contract("rule/options", "cart/add")
async def test_options_add_to_the_price_and_must_be_as_many_as_the_group_wants(
    guest: Guest, menu: dict[str, Json]
) -> None:
    [side] = menu[CRACKED_CONCH]["option_groups"]
    rice, fries = (option["id"] for option in side["options"])
    for wrong in ([], [rice, fries], [rice, rice], [str(uuid4())], [rice, str(uuid4())]):
        refused(await guest.add(CRACKED_CONCH, 1, options=wrong), 400, "OPTIONS_INVALID")
    refused(await guest.add(CRACKED_CONCH, 1), 400, "OPTIONS_INVALID")
    refused(await guest.add(FRITTERS, 1, options=[rice]), 400, "OPTIONS_INVALID")
    cart = data_of(await guest.add(CRACKED_CONCH, 2, options=[fries]), 201)
    [line] = cart["items"]
    assert (line["unit_price"], line["line_total"]) == (2199 + 150, 2 * (2199 + 150))
    assert line["options"] == [{"id": fries, "name": "Fries", "price": 150}]


@pytest.mark.contract("shapes/validation")
async def test_options_that_are_no_list_of_ids_are_refused_by_name(guest: Guest, subtests: pytest.Subtests) -> None:
    all_options: tuple[object, ...] = ("x", 7, None, [7], ["x"], [None], {}, [[]])
    for options in all_options:
        with subtests.test(options=options):
            answer = await guest.add(FRITTERS, 1, options=options)
            assert names(refused(answer, 400, "VALIDATION_ERROR"), "options")


@pytest.mark.contract("shapes/never-stale")
async def test_a_cart_is_never_stale(guest: Guest) -> None:
    for count in range(1, 6):
        added = data_of(await guest.add(FRITTERS), 201)
        assert await guest.cart() == added
        assert added["item_count"] == count
