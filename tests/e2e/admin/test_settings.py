"""A venue's settings: each can be changed, within its bounds, and holds from then on."""

from typing import Any, Final

import httpx
import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import API, FRITTERS, Json, Venue

GOOD: Final[dict[str, tuple[Any, ...]]] = {
    "name": ("Other House", "🐚", "x" * 200),
    "timezone": ("America/Nassau", "UTC", "Asia/Kathmandu"),
    "business_day_cutoff": ("00:00", "05:30", "23:59"),
    "session_ttl_seconds": (1, 604_800),
    "order_minimum": (0, 10**9),
    "max_line_quantity": (1, 99, 1_000),
    "max_cart_lines": (1, 50, 100),
    "order_expiry_seconds": (1, 3_600),
    "unknown_settle_delay_s": (0, 60),
    "tip_presets": ([], [10, 15, 20], [0, 100]),
    "opening_hours": ([], [{"weekday": 6, "opens": "22:00", "closes": "02:00"}]),
    "taxes": ([], [{"name": "VAT", "rate_ppm": 1, "included": True, "category_ids": [], "on_service_charge": False}]),
    "service_charge": (None, {"name": "Service", "rate_ppm": 1_000_000, "from_subtotal": 0}),
    "active": (True, False),
}
NO_NUMBER: Final[tuple[Any, ...]] = ("1", 1.5, True, None, [], {}, 10**30, -(10**30))
NO_TEXT: Final[tuple[Any, ...]] = ("", " \t\n", 7, None, True, [], {}, "a\0b")
BAD: Final[dict[str, tuple[Any, ...]]] = {
    "name": (*NO_TEXT, "x" * 201),
    "timezone": (*NO_TEXT, "Mars/Base", "../etc/passwd", "/etc/localtime", "America", "x" * 5_000, "UTC\n", "🍤"),
    "business_day_cutoff": (*NO_TEXT, "24:00", "24:01", "5:30", "0530", "12:60", "\u0660\u0665:\u0663\u0660"),
    "session_ttl_seconds": (*NO_NUMBER, 0, -1, 604_801),
    "order_minimum": (*NO_NUMBER, -1, 10**9 + 1),
    "max_line_quantity": (*NO_NUMBER, 0, -1, 10**9 + 1),
    "max_cart_lines": (*NO_NUMBER, 0, -1, 10**9 + 1),
    "order_expiry_seconds": (*NO_NUMBER, 0, -1),
    "unknown_settle_delay_s": (*NO_NUMBER, -1),
    "tip_presets": ("10", [1.5], ["1"], [True], [-1], [101], None, {}, [10, 10], list(range(1_001))),
    "opening_hours": (
        None,
        {},
        [7],
        [{}],
        [{"weekday": 7, "opens": "10:00", "closes": "11:00"}],
        [{"weekday": 0, "opens": "25:00", "closes": "11:00"}],
        [{"weekday": 0, "opens": "10:00"}],
        [{"weekday": 0, "opens": "10:00", "closes": "11:00", "surprise": 1}],
    ),
    "taxes": (
        None,
        [{}],
        [{"name": "", "rate_ppm": 1}],
        [{"name": "x", "rate_ppm": -1}],
        [{"name": "x", "rate_ppm": 1_000_001}],
        [{"name": "x", "rate_ppm": 1, "category_ids": ["x"]}],
        [{"name": "x", "rate_ppm": 1, "included": "yes"}],
    ),
    "service_charge": ([], {}, {"name": "x", "rate_ppm": 1.5}, {"name": " ", "rate_ppm": 1}, 7),
    "active": ("yes", 1, None, []),
    "currency": ("USD", None),
    "surprise": (1, None),
}


@pytest.mark.contract("admin/settings", "shapes/settings-hold")
@pytest.mark.parametrize("setting", GOOD)
async def test_a_setting_is_changed_and_shown(venue: Venue, setting: str) -> None:
    before = data_of(await venue.ask(Role.MANAGER, "GET", "/settings"))
    changed = before
    for value in GOOD[setting]:
        changed = data_of(await venue.ask(Role.MANAGER, "PATCH", "/settings", {setting: value}))
        assert changed[setting] == value
        assert data_of(await venue.ask(Role.AUDITOR, "GET", "/settings")) == changed
    others = before.keys() - {setting, "version"}
    assert {name: changed[name] for name in others} == {name: before[name] for name in others}


@pytest.mark.contract("admin/settings", "shapes/validation", "shapes/integers")
@pytest.mark.parametrize("setting", BAD)
async def test_a_setting_that_is_out_of_bounds_is_refused_by_name(
    venue: Venue, setting: str, subtests: pytest.Subtests
) -> None:
    before = data_of(await venue.ask(Role.MANAGER, "GET", "/settings"))
    for value in BAD[setting]:
        with subtests.test(value=str(value)[:30]):
            answer = await venue.ask(Role.MANAGER, "PATCH", "/settings", {setting: value})
            assert names(refused(answer, 400, "VALIDATION_ERROR"), setting)
    assert data_of(await venue.ask(Role.MANAGER, "GET", "/settings")) == before


@pytest.mark.contract("admin/settings", "shapes/problem")
async def test_all_that_is_wrong_is_said_at_once_and_nothing_is_changed(venue: Venue) -> None:
    wrong = {"order_minimum": -1, "session_ttl_seconds": 0, "timezone": "Mars/Base", "name": "Fine"}
    problem = refused(await venue.ask(Role.MANAGER, "PATCH", "/settings", wrong), 400, "VALIDATION_ERROR")
    assert {error["field"] for error in problem["errors"]} == {"order_minimum", "session_ttl_seconds", "timezone"}
    assert all(error["message"] for error in problem["errors"])
    assert data_of(await venue.ask(Role.MANAGER, "GET", "/settings"))["name"] == "Little Conch House"


@pytest.mark.contract("shapes/settings-hold", "admin/settings")
async def test_a_new_name_is_everywhere_with_the_next_call(client: httpx.AsyncClient, venue: Venue) -> None:
    changed = await venue.ask(Role.MANAGER, "PATCH", "/settings", {"name": "Renamed"})
    assert data_of(await client.get(f"{API}/venues/{venue.slug}"))["name"] == "Renamed"
    menu = await venue.menu(after=int(changed.headers["ledger-position"]))
    assert menu["venue"]["name"] == "Renamed"
    assert (await venue.guest()).session["venue"]["name"] == "Renamed"


@pytest.mark.contract("shapes/settings-hold", "order/totals")
async def test_a_tax_on_some_categories_is_on_them_alone(venue: Venue, menu: dict[str, Json]) -> None:
    starters = (await venue.menu())["categories"][0]["id"]
    await venue.change_settings(taxes=[{"name": "VAT", "rate_ppm": 100_000, "category_ids": [starters]}])
    guest = await venue.guest()
    await guest.add(FRITTERS)
    assert data_of(await guest.add("Grilled Grouper"), 201)["tax"] == 130


@pytest.mark.contract("order/number", "admin/settings")
async def test_a_business_day_begins_at_the_cutoff_in_the_venue_s_own_time(venue: Venue) -> None:
    guest = await venue.guest()
    await venue.change_settings(timezone="Pacific/Kiritimati", business_day_cutoff="00:00")
    east = (await guest.ordered())["business_day"]
    await venue.change_settings(timezone="Pacific/Pago_Pago", business_day_cutoff="23:59")
    west = (await guest.ordered())["business_day"]
    assert east > west
