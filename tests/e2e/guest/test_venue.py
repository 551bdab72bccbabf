"""What anybody may see before sitting down: the venue and its menu."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import API, CRACKED_CONCH, FRITTERS, LIME_WEDGE, Guest, Json, Venue, closed_today


@pytest.mark.contract("venue/show", "shapes/money")
async def test_a_venue_says_its_name_currency_hours_minimum_and_tips(client: httpx.AsyncClient, venue: Venue) -> None:
    await venue.change_settings(
        opening_hours=[{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(7)],
        tip_presets=[5, 12],
        order_minimum=500,
    )
    shown = data_of(await client.get(f"{API}/venues/{venue.slug}"))
    assert shown["name"] == "Little Conch House"
    assert shown["currency"] == "BSD"
    assert shown["open_now"] is True
    assert shown["opening_hours"][0] == {"weekday": 0, "opens": "00:00", "closes": "24:00"}
    assert shown["order_minimum"] == 500
    assert shown["tip_presets"] == [5, 12]
    assert UUID(shown["id"]) == venue.venue_id


@pytest.mark.contract("venue/show", "shapes/settings-hold")
async def test_a_venue_says_when_it_is_closed(client: httpx.AsyncClient, venue: Venue) -> None:
    assert data_of(await client.get(f"{API}/venues/{venue.slug}"))["open_now"] is True
    await venue.change_settings(opening_hours=closed_today())
    assert data_of(await client.get(f"{API}/venues/{venue.slug}"))["open_now"] is False


@pytest.mark.contract("venue/missing", "session/missing")
@pytest.mark.parametrize("slug", ["nowhere", "house", "Ünïcode", "a" * 300, "%00", "1"])
async def test_an_unknown_venue_is_not_found(client: httpx.AsyncClient, slug: str) -> None:
    refused(await client.get(f"{API}/venues/{slug}"), 404, "VENUE_NOT_FOUND")
    refused(await client.get(f"{API}/venues/{slug}/menu"), 404, "VENUE_NOT_FOUND")
    answer = await client.post(f"{API}/venues/{slug}/session", json={"table_short_code": "T1"})
    refused(answer, 404, "VENUE_NOT_FOUND")


@pytest.mark.contract("venue/missing", "session/missing")
async def test_an_inactive_venue_is_not_found_either(client: httpx.AsyncClient, venue: Venue) -> None:
    await venue.change_settings(active=False)
    refused(await client.get(f"{API}/venues/{venue.slug}"), 404, "VENUE_NOT_FOUND")
    refused(await client.get(f"{API}/venues/{venue.slug}/menu"), 404, "VENUE_NOT_FOUND")
    answer = await client.post(f"{API}/venues/{venue.slug}/session", json={"table_short_code": "T1"})
    refused(answer, 404, "VENUE_NOT_FOUND")


@pytest.mark.contract("menu/show", "shapes/money")
async def test_a_menu_shows_categories_dishes_options_and_prices(venue: Venue, menu: dict[str, Json]) -> None:
    whole = await venue.menu()
    assert (whole["venue"]["slug"], whole["currency"]) == (venue.slug, "BSD")
    assert [category["name"] for category in whole["categories"]] == ["Starters", "Mains", "On the Side"]
    fritters, conch = menu[FRITTERS], menu[CRACKED_CONCH]
    assert (fritters["price"], fritters["available"], fritters["option_groups"]) == (1299, True, [])
    assert {"description", "allergens", "dietary", "image_url"} <= fritters.keys()
    [side] = conch["option_groups"]
    assert (side["name"], side["min"], side["max"]) == ("Side", 1, 1)
    assert [(option["name"], option["price"]) for option in side["options"]] == [("Rice", 0), ("Fries", 150)]
    assert all(UUID(thing["id"]) for thing in (fritters, side, *side["options"]))
    assert list(menu)[-1] == LIME_WEDGE


@pytest.mark.contract("menu/etag")
async def test_a_menu_that_did_not_change_is_304_and_one_that_did_is_sent(
    client: httpx.AsyncClient, venue: Venue, menu: dict[str, Json]
) -> None:
    path = f"{API}/venues/{venue.slug}/menu"
    first = await client.get(path)
    tag = first.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await client.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    item = f"/menu/items/{menu[FRITTERS]['id']}"
    changed = await venue.ask(Role.MANAGER, "PATCH", item, {"price": 1350})
    newer = await client.get(path, params={"after": changed.headers["ledger-position"]}, headers={"If-None-Match": tag})
    assert newer.status_code == 200
    assert newer.headers["etag"] != tag


@pytest.mark.contract("menu/show", "admin/menu", "shapes/ids-and-times")
async def test_a_dish_that_is_sold_out_until_later_comes_back_by_itself(
    venue: Venue, guest: Guest, menu: dict[str, Json]
) -> None:
    path = f"/menu/items/{menu[FRITTERS]['id']}/sold-out"
    for wrong in ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00", "tomorrow", "9999-12-31T23:59:59-14:00", 7, ""):
        problem = refused(await venue.ask(Role.KITCHEN, "POST", path, {"until": wrong}), 400, "VALIDATION_ERROR")
        assert "until" in problem["message"]
    long = await venue.ask(Role.KITCHEN, "POST", path, {"until": "2099-01-01T00:00:00+02:00"})
    assert data_of(long)["sold_out_until"] == "2098-12-31T22:00:00Z"
    soon = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat()
    sold_out = await venue.ask(Role.KITCHEN, "POST", path, {"until": soon})
    shown = await venue.menu(after=int(sold_out.headers["ledger-position"]))
    assert shown["categories"][0]["items"][0]["available"] is False
    refused(await guest.add(FRITTERS), 409, "ITEM_UNAVAILABLE")
    await asyncio.sleep(0.6)
    assert (await venue.menu())["categories"][0]["items"][0]["available"] is True
    data_of(await guest.add(FRITTERS), 201)
