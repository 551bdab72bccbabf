"""The demo's two venues, exactly as everybody knows them."""

import asyncio
from collections.abc import Iterator
from secrets import token_hex
from uuid import uuid5

import httpx
import pytest
from msgspec.structs import replace

from application.handlers import answer
from application.house import House
from application.requests import EditMenu, Request
from cli.errors import CommandFailed
from cli.seed import BLUE_HOLE, CONCH_HOUSE, seed
from domain.menu.commands import RemoveItem
from domain.shared.ids import HOUSE, venue_id_of
from infrastructure.migrations import migrate
from infrastructure.postgres import Server
from infrastructure.projecting.schemas import projection_schemas
from infrastructure.settings import Settings
from tests.fixtures.people import API, Venue
from tests.fixtures.served import served


@pytest.fixture
def empty(server: Server, settings: Settings) -> Iterator[Settings]:
    """Settings for a database in which there is nothing but tables."""
    name = f"comanda_seed_{token_hex(4)}"
    made = server.create_database(name)
    migrate(made.dsn, app_role=made.app_role, extra_steps=[projection_schemas()])
    yield replace(settings, database_url=made.app_dsn)
    server.drop_database(name)


async def test_the_demo_is_as_the_contract_says_and_sowing_it_again_brings_nothing_back(empty: Settings) -> None:
    await asyncio.gather(seed(empty), seed(empty))
    async with served(empty) as api:
        ledgers = (venue_id_of("conch-house"), venue_id_of("blue-hole"), HOUSE)
        await _remove(api.house, "Coconut Tart")
        heads = [await api.house.ledger.head(ledger) for ledger in ledgers]
        await seed(empty)
        assert [await api.house.ledger.head(ledger) for ledger in ledgers] == heads
        transport = httpx.ASGITransport(app=api.app)  # type: ignore[arg-type] # ASGI's own types
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await _look_around(client)


async def test_it_is_refused_outside_the_demo(empty: Settings) -> None:
    with pytest.raises(CommandFailed, match="COMANDA_DEMO"):
        await seed(replace(empty, demo=False))


async def _remove(house: House, dish: str) -> None:
    venue_id = venue_id_of("conch-house")
    change = RemoveItem(item_id=uuid5(venue_id, f"seed:item:{dish}"))
    request = Request(venue_id=venue_id, actor="staff:somebody", request_id="r", wish=EditMenu(change=change))
    assert (await answer(house, request)).status == httpx.codes.OK


async def _look_around(client: httpx.AsyncClient) -> None:
    conch_house = Venue(client, "conch-house")
    dishes = list((await conch_house.dishes()).values())
    assert (dishes[0]["name"], dishes[0]["price"]) == ("Conch Fritters", 1299)
    assert (dishes[-1]["name"], dishes[-1]["price"]) == ("Lime Wedge", 99)
    assert [dish["price"] for dish in dishes if dish["name"] == "Grilled Grouper"] == [2499]
    assert not any(group["min"] for group in dishes[0]["option_groups"])
    assert any(group["min"] for dish in dishes for group in dish["option_groups"])
    assert len(dishes) >= 14
    venue = (await client.get(f"{API}/venues/conch-house")).json()["data"]
    assert (venue["currency"], venue["order_minimum"], venue["open_now"]) == ("BSD", 500, True)
    assert [dish["name"] for dish in dishes if dish["price"] < venue["order_minimum"]] == ["Lime Wedge"]
    assert (await client.get(f"{API}/venues/blue-hole")).json()["data"]["currency"] == "USD"
    for slug, codes in (
        ("conch-house", [f"T{n}" for n in range(1, 13)]),
        ("blue-hole", [f"B{n}" for n in range(1, 5)]),
    ):
        for code in codes:
            await Venue(client, slug).guest(code)
    for plan in (CONCH_HOUSE, BLUE_HOLE):
        for member in plan.members:
            body = {"email": member.email, "password": member.password}
            login = await client.post(f"{API}/auth/login", json=body)
            assert login.status_code == 200
            assert login.json()["data"]["user"]["roles"] == [{"venue": plan.slug, "role": member.role}]
