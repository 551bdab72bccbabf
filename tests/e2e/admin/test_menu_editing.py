"""A menu as its manager writes it."""

from typing import Any, Final
from uuid import uuid4

import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import CRACKED_CONCH, FRITTERS, Guest, Json, Venue


async def edit(venue: Venue, method: str, path: str, body: Any = None, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    return data_of(await venue.ask(Role.MANAGER, method, f"/menu/{path}", body), status)


async def shown(venue: Venue) -> Json:
    """The menu, which has seen everything that happened so far."""
    return await venue.menu(after=data_of(await venue.audited("/verify"))["events"])


@pytest.mark.contract("admin/menu", "menu/show")
async def test_a_category_a_group_and_a_dish_are_added_and_shown(venue: Venue, guest: Guest) -> None:
    category = await edit(venue, "POST", "categories", {"name": "Desserts"}, 201)
    sauces = {"name": "Sauce", "min": 0, "max": 2, "options": [{"name": "Rum", "price": 50}, {"name": "Guava"}]}
    group = await edit(venue, "POST", "option-groups", sauces, 201)
    dish = {
        "category_id": category["id"],
        "name": "Guava Duff 🥭",
        "price": 950,
        "description": "Warm",
        "option_group_ids": [group["id"]],
        "allergens": ["milk"],
        "dietary": ["vegetarian"],
        "image_url": "/duff.jpg",
    }
    item = await edit(venue, "POST", "items", dish, 201)
    [listed] = (await shown(venue))["categories"][-1]["items"]
    assert (listed["id"], listed["price"], listed["allergens"]) == (item["id"], 950, ["milk"])
    assert (listed["description"], listed["dietary"], listed["image_url"]) == ("Warm", ["vegetarian"], "/duff.jpg")
    assert [option["price"] for option in listed["option_groups"][0]["options"]] == [50, 0]
    rum = listed["option_groups"][0]["options"][0]["id"]
    body = {"menu_item_id": item["id"], "quantity": 1, "options": [rum]}
    assert data_of(await guest.ask("POST", "/cart/items", body), 201)["subtotal"] == 1000


@pytest.mark.contract("admin/menu")
async def test_a_repriced_dish_keeps_its_id_and_new_lines_cost_the_new_price(
    venue: Venue, guest: Guest, menu: dict[str, Json]
) -> None:
    item_id = menu[FRITTERS]["id"]
    changed = await edit(venue, "PATCH", f"items/{item_id}", {"price": 1399})
    assert (changed["id"], changed["price"], changed["name"]) == (item_id, 1399, FRITTERS)
    assert data_of(await guest.add(FRITTERS), 201)["items"][0]["unit_price"] == 1399


@pytest.mark.contract("admin/menu")
async def test_ranks_put_things_in_order(venue: Venue, menu: dict[str, Json]) -> None:
    categories = (await shown(venue))["categories"]
    await edit(venue, "PATCH", f"categories/{categories[-1]['id']}", {"rank": -1, "name": "First"})
    assert (await shown(venue))["categories"][0]["name"] == "First"


@pytest.mark.contract("admin/menu")
async def test_a_category_with_dishes_is_not_removed_and_an_empty_one_is(venue: Venue, menu: dict[str, Json]) -> None:
    starters = (await shown(venue))["categories"][0]
    kept = await venue.ask(Role.MANAGER, "DELETE", f"/menu/categories/{starters['id']}")
    refused(kept, 409, "CATEGORY_NOT_EMPTY")
    await edit(venue, "DELETE", f"items/{menu[FRITTERS]['id']}")
    await edit(venue, "DELETE", f"categories/{starters['id']}")
    assert starters["id"] not in {category["id"] for category in (await shown(venue))["categories"]}


@pytest.mark.contract("admin/menu", "rule/options")
async def test_a_group_is_changed_and_removed_from_every_dish(
    venue: Venue, guest: Guest, menu: dict[str, Json]
) -> None:
    [side] = menu[CRACKED_CONCH]["option_groups"]
    rice = side["options"][0]["id"]
    options = [{"id": rice, "name": "Rice", "price": 100}, {"name": "Slaw"}]
    changed = await edit(venue, "PATCH", f"option-groups/{side['id']}", {"options": options, "min": 0})
    assert (changed["min"], changed["options"][0]) == (0, {"id": rice, "name": "Rice", "price": 100})
    assert data_of(await guest.add(CRACKED_CONCH, options=[rice]), 201)["subtotal"] == 2299
    await edit(venue, "DELETE", f"option-groups/{side['id']}")
    refused(await guest.add(CRACKED_CONCH, options=[rice]), 400, "OPTIONS_INVALID")
    assert data_of(await guest.add(CRACKED_CONCH), 201)["item_count"] == 2


@pytest.mark.contract("admin/menu", "shapes/malformed-id")
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("items", "MENU_ITEM_NOT_FOUND"),
        ("categories", "CATEGORY_NOT_FOUND"),
        ("option-groups", "OPTION_GROUP_NOT_FOUND"),
    ],
)
async def test_what_is_not_on_the_menu_is_not_found(venue: Venue, kind: str, code: str) -> None:
    for id_ in (str(uuid4()), "nonsense", "%00"):
        refused(await venue.ask(Role.MANAGER, "PATCH", f"/menu/{kind}/{id_}", {"name": "x"}), 404, code)
        refused(await venue.ask(Role.MANAGER, "DELETE", f"/menu/{kind}/{id_}"), 404, code)
    if kind == "items":
        for way in ("sold-out", "back"):
            refused(await venue.ask(Role.KITCHEN, "POST", f"/menu/items/{uuid4()}/{way}"), 404, code)


NO_TEXT: Final[tuple[Any, ...]] = ("", " \t", 7, None, True, [], {}, "a\0b", "x" * 201)
NO_PRICE: Final[tuple[Any, ...]] = (-1, 1.5, "2", None, True, [], {}, 10**9 + 1, 10**30)
NO_IDS: Final[tuple[Any, ...]] = ("x", ["x"], [7], None, {}, [[]])
WRONG: Final[tuple[tuple[str, Json, str, tuple[Any, ...]], ...]] = (
    ("categories", {"name": "x"}, "name", NO_TEXT),
    ("categories", {"name": "x"}, "rank", ("1", 1.5, True, None, [], 10**30)),
    ("categories", {"name": "x"}, "surprise", (1,)),
    ("items", {"name": "x", "price": 1}, "name", NO_TEXT),
    ("items", {"name": "x", "price": 1}, "price", NO_PRICE),
    ("items", {"name": "x", "price": 1}, "category_id", ("x", "", 7, None, [], {})),
    ("items", {"name": "x", "price": 1}, "option_group_ids", NO_IDS),
    ("items", {"name": "x", "price": 1}, "allergens", ("x", [""], [7], None, {}, ["x" * 201])),
    ("items", {"name": "x", "price": 1}, "dietary", ("x", [" "], [7], None, {})),
    ("items", {"name": "x", "price": 1}, "description", (7, None, [], "a\0b", "x" * 10_001)),
    ("items", {"name": "x", "price": 1}, "image_url", ("", 7, [], "a\0b")),
    ("option-groups", {"name": "x", "min": 0, "max": 1, "options": []}, "name", NO_TEXT),
    ("option-groups", {"name": "x", "min": 0, "max": 1, "options": []}, "min", (*NO_PRICE, 2)),
    ("option-groups", {"name": "x", "min": 0, "max": 1, "options": []}, "max", (*NO_PRICE, 0)),
    (
        "option-groups",
        {"name": "x", "min": 0, "max": 1, "options": []},
        "options",
        (None, {}, [7], [{}], [{"name": ""}], [{"name": "x", "price": -1}], [{"name": "x", "id": "x"}]),
    ),
)


@pytest.mark.contract("admin/menu", "shapes/validation", "shapes/integers", "shapes/malformed-id")
@pytest.mark.parametrize(("kind", "body", "field", "values"), WRONG, ids=[f"{row[0]}-{row[2]}" for row in WRONG])
async def test_a_wrong_field_of_a_menu_is_refused_by_name(
    venue: Venue, kind: str, body: Json, field: str, values: tuple[Any, ...], subtests: pytest.Subtests
) -> None:
    before = await shown(venue)
    good = {"category_id": before["categories"][0]["id"], **body} if kind == "items" else body
    for value in values:
        with subtests.test(value=str(value)[:30]):
            answer = await venue.ask(Role.MANAGER, "POST", f"/menu/{kind}", {**good, field: value})
            assert names(refused(answer, 400, "VALIDATION_ERROR"), field)
    assert await shown(venue) == before


@pytest.mark.contract("admin/menu", "shapes/malformed-id")
async def test_a_dish_in_a_category_or_with_a_group_that_is_not_there_is_not_found(
    venue: Venue, menu: dict[str, Json]
) -> None:
    there = (await shown(venue))["categories"][0]["id"]
    nowhere = {"category_id": str(uuid4()), "name": "x", "price": 1}
    refused(await venue.ask(Role.MANAGER, "POST", "/menu/items", nowhere), 404, "CATEGORY_NOT_FOUND")
    groupless = {"category_id": there, "name": "x", "price": 1, "option_group_ids": [str(uuid4())]}
    refused(await venue.ask(Role.MANAGER, "POST", "/menu/items", groupless), 404, "OPTION_GROUP_NOT_FOUND")
