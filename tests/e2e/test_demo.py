"""The demo's well-known data: what everybody who tries Comanda may rely on."""

import httpx
import pytest
from msgspec.structs import replace

from cli.errors import CommandFailed
from cli.seed import PLANS, seed, seed_venue
from infrastructure.settings import Settings
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import API, Guest, Json, Venue
from tests.fixtures.served import Served


@pytest.fixture(scope="session")
async def sown(settings: Settings, api: Served) -> None:
    """The demo's venues, sown twice: the second time changes nothing."""
    for _ in range(2):
        await seed(settings)


async def log_in(client: httpx.AsyncClient, email: str, password: str) -> Json:
    login: Json = data_of(await client.post(f"{API}/auth/login", json={"email": email, "password": password}))
    return login


async def menu_of(client: httpx.AsyncClient, slug: str) -> Json:
    menu: Json = data_of(await client.get(f"{API}/venues/{slug}/menu", params={"after": 40}))
    return menu


@pytest.mark.contract("demo/conch-house", "menu/show")
async def test_conch_house_has_its_menu(client: httpx.AsyncClient, sown: None) -> None:
    house = data_of(await client.get(f"{API}/venues/conch-house"))
    assert (house["currency"], house["open_now"], house["order_minimum"]) == ("BSD", True, 500)
    assert house["opening_hours"] == []
    items = [item for category in (await menu_of(client, "conch-house"))["categories"] for item in category["items"]]
    assert (items[0]["name"], items[0]["price"]) == ("Conch Fritters", 1299)
    assert all(group["min"] == 0 for group in items[0]["option_groups"])
    assert {item["name"]: item["price"] for item in items}["Grilled Grouper"] == 2499
    assert (items[-1]["name"], items[-1]["price"]) == ("Lime Wedge", 99)
    assert len(items) >= 15
    assert [item["name"] for item in items if item["price"] < 500] == ["Lime Wedge"]
    groups = [group for item in items for group in item["option_groups"]]
    assert any(group["min"] for group in groups)
    assert any(option["price"] for group in groups for option in group["options"])
    assert all(item["available"] for item in items)


@pytest.mark.contract("demo/conch-house", "rule/minimum", "demo/fast")
async def test_conch_house_has_twelve_tables_and_takes_orders_at_each(client: httpx.AsyncClient, sown: None) -> None:
    house = Venue(client, "conch-house")
    for number in range(1, 13):
        await house.guest(f"T{number}")
    guest: Guest = await house.guest("T1")
    await guest.add("Lime Wedge")
    refused(await guest.place(), 400, "ORDER_MINIMUM_NOT_MET")
    await guest.add("Conch Fritters")
    order = data_of(await guest.place(), 201)
    data_of(await guest.pay(order["id"]))


@pytest.mark.contract("demo/conch-house", "auth/login")
@pytest.mark.parametrize(
    ("email", "password", "role"),
    [
        ("admin@example.com", "Admin123!", "manager"),
        ("kitchen@example.com", "Kitchen123!", "kitchen"),
        ("auditor@example.com", "Auditor123!", "auditor"),
        ("floor@example.com", "Floor123!", "floor"),
    ],
)
async def test_the_staff_of_conch_house_log_in(
    client: httpx.AsyncClient, sown: None, email: str, password: str, role: str
) -> None:
    login = await log_in(client, email, password)
    assert login["user"]["roles"] == [{"venue": "conch-house", "role": role}]


@pytest.mark.contract("demo/blue-hole", "order/totals", "auth/forbidden")
async def test_blue_hole_is_a_venue_of_its_own_with_taxes_in_its_prices(client: httpx.AsyncClient, sown: None) -> None:
    hole = Venue(client, "blue-hole")
    assert data_of(await client.get(f"{API}/venues/blue-hole"))["currency"] == "USD"
    for number in range(1, 5):
        await hole.guest(f"B{number}")
    await menu_of(client, "blue-hole")
    guest = await hole.guest("B1")
    cart = data_of(await guest.add("Iced Tea", 2), 201)
    assert cart["tax"] == cart["tax_included"] > 0
    assert cart["total"] == cart["subtotal"]
    login = await log_in(client, "manager@blue-hole.example", "BlueHole123!")
    assert login["user"]["roles"] == [{"venue": "blue-hole", "role": "manager"}]
    headers = {"Authorization": f"Bearer {login['access_token']}"}
    data_of(await client.get(f"{hole.admin}/orders", headers=headers))
    refused(await client.get(f"{API}/admin/venues/conch-house/orders", headers=headers), 403, "FORBIDDEN")


@pytest.mark.contract("demo/only")
async def test_outside_the_demo_the_public_passwords_are_refused(settings: Settings) -> None:
    with pytest.raises(CommandFailed):
        await seed(replace(settings, demo=False))


@pytest.mark.contract("demo/conch-house")
async def test_what_was_removed_since_stays_removed(client: httpx.AsyncClient, sown: None, api: Served) -> None:
    house = Venue(client, "conch-house")
    login = await log_in(client, "admin@example.com", "Admin123!")
    headers = {"Authorization": f"Bearer {login['access_token']}"}
    data_of(await client.patch(f"{house.admin}/tables/T12", json={"active": False}, headers=headers))
    before = data_of(await client.get(f"{house.audit}/verify", headers=headers))["events"]
    for plan in PLANS:
        await seed_venue(api.house, plan)
    assert data_of(await client.get(f"{house.audit}/verify", headers=headers))["events"] == before
    data_of(await client.patch(f"{house.admin}/tables/T12", json={"active": True}, headers=headers))
