"""An order's way through the kitchen: all 36 pairs of states, its lines, and the way back."""

from itertools import product
from typing import Final

import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import FRITTERS, GROUPER, Guest, Json, Venue

WAYS: Final = {
    "pending": (),
    "confirmed": ("confirmed",),
    "preparing": ("confirmed", "preparing"),
    "ready": ("confirmed", "preparing", "ready"),
    "completed": ("confirmed", "preparing", "ready", "completed"),
    "cancelled": ("cancelled",),
}
MOVES: Final = {
    ("pending", "confirmed"),
    ("pending", "cancelled"),
    ("confirmed", "preparing"),
    ("confirmed", "cancelled"),
    ("preparing", "ready"),
    ("ready", "completed"),
}


@pytest.mark.contract("states/moves", "admin/move", "states/replay")
@pytest.mark.parametrize(("current", "wanted"), list(product(WAYS, WAYS)))
async def test_an_order_makes_the_moves_of_the_contract_and_no_other(
    venue: Venue, guest: Guest, current: str, wanted: str
) -> None:
    order = await guest.ordered()
    await venue.move(order["id"], *WAYS[current])
    answer = await venue.ask(Role.MANAGER, "PATCH", f"/orders/{order['id']}/status", {"status": wanted})
    if (current, wanted) in MOVES:
        moved = data_of(answer)
        assert moved["status"] == wanted
        assert moved["version"] > order["version"]
    else:
        refused(answer, 400, "INVALID_STATUS_TRANSITION")
    expected = wanted if (current, wanted) in MOVES else current
    assert (await guest.order(order["id"]))["status"] == expected


@pytest.mark.contract("states/replay", "idempotency/optional")
async def test_repeating_a_move_is_wrong_but_with_the_same_key_it_is_a_replay(
    venue: Venue, pending_order: Json
) -> None:
    path, body = f"/orders/{pending_order['id']}/status", {"status": "confirmed", "idempotency_key": "go"}
    first = data_of(await venue.ask(Role.FLOOR, "PATCH", path, body))
    again = await venue.ask(Role.FLOOR, "PATCH", path, body)
    assert (again.headers["idempotent-replayed"], data_of(again)) == ("true", first)
    refused(await venue.ask(Role.FLOOR, "PATCH", path, {"status": "confirmed"}), 400, "INVALID_STATUS_TRANSITION")


@pytest.mark.contract("admin/move", "shapes/validation")
async def test_a_move_needs_a_state_that_there_is(venue: Venue, pending_order: Json, subtests: pytest.Subtests) -> None:
    path = f"/orders/{pending_order['id']}/status"
    wrong: tuple[object, ...] = ("", "eaten", "Confirmed", " confirmed", 7, None, True, [], {})
    for status in wrong:
        with subtests.test(status=status):
            problem = refused(await venue.ask(Role.MANAGER, "PATCH", path, {"status": status}), 400, "VALIDATION_ERROR")
            assert names(problem, "status")
    refused(await venue.ask(Role.MANAGER, "PATCH", path), 400, "VALIDATION_ERROR")
    refused(
        await venue.ask(Role.MANAGER, "PATCH", "/orders/nonsense/status", {"status": "ready"}), 404, "ORDER_NOT_FOUND"
    )


@pytest.mark.contract("admin/lines")
async def test_the_first_line_makes_it_preparing_and_the_last_makes_it_ready(venue: Venue, guest: Guest) -> None:
    await guest.add(FRITTERS)
    order = await guest.ordered(GROUPER)
    first, second = (line["id"] for line in order["items"])
    await venue.move(order["id"], "confirmed")

    async def bump(line: str, status: str) -> Json:
        path = f"/orders/{order['id']}/items/{line}/status"
        moved: Json = data_of(await venue.ask(Role.KITCHEN, "PATCH", path, {"status": status}))
        return moved

    started = await bump(first, "preparing")
    assert (started["status"], [line["status"] for line in started["items"]]) == (
        "preparing",
        ["preparing", "confirmed"],
    )
    assert (await bump(first, "ready"))["status"] == "preparing"
    assert (await bump(second, "preparing"))["status"] == "preparing"
    assert (await bump(second, "ready"))["status"] == "ready"
    history = data_of(await venue.audited(f"/orders/{order['id']}/history"))
    times = {event["type"]: event["recorded_at"] for event in history}
    assert times["order.readied.v1"] == max(times.values())


@pytest.mark.contract("admin/lines", "states/moves")
async def test_a_line_makes_its_moves_and_no_other(venue: Venue, guest: Guest, subtests: pytest.Subtests) -> None:
    legal = {("confirmed", "preparing"), ("preparing", "ready")}
    ways: dict[str, tuple[str, ...]] = {"confirmed": (), "preparing": ("preparing",), "ready": ("preparing", "ready")}
    for current, wanted in product(ways, ways):
        with subtests.test(current=current, wanted=wanted):
            await guest.add(GROUPER)
            order = await guest.ordered(FRITTERS)
            await venue.move(order["id"], "confirmed")
            path = f"/orders/{order['id']}/items/{order['items'][0]['id']}/status"
            for status in ways[current]:
                data_of(await venue.ask(Role.KITCHEN, "PATCH", path, {"status": status}))
            answer = await venue.ask(Role.KITCHEN, "PATCH", path, {"status": wanted})
            if (current, wanted) in legal:
                assert data_of(answer)["items"][0]["status"] == wanted
            else:
                refused(answer, 400, "INVALID_STATUS_TRANSITION")


@pytest.mark.contract("admin/lines", "shapes/malformed-id")
async def test_a_line_that_is_not_there_cannot_move(venue: Venue, confirmed_order: Json) -> None:
    lines = f"/orders/{confirmed_order['id']}/items"
    for line in (confirmed_order["id"], "nonsense", "%00"):
        answer = await venue.ask(Role.KITCHEN, "PATCH", f"{lines}/{line}/status", {"status": "preparing"})
        refused(answer, 404, "ORDER_LINE_NOT_FOUND")


@pytest.mark.contract("admin/lines", "states/moves")
async def test_a_recall_brings_a_ready_order_back_as_its_own_event(
    venue: Venue, guest: Guest, pending_order: Json
) -> None:
    order_id = pending_order["id"]
    for way in WAYS["ready"]:
        refused(await venue.ask(Role.KITCHEN, "POST", f"/orders/{order_id}/recall"), 400, "INVALID_STATUS_TRANSITION")
        await venue.move(order_id, way)
    recalled = data_of(await venue.ask(Role.KITCHEN, "POST", f"/orders/{order_id}/recall"))
    assert recalled["status"] == "preparing"
    history = data_of(await venue.audited(f"/orders/{order_id}/history"))
    assert history[-1]["type"] == "order.recalled.v1"
    await venue.move(order_id, "ready", "completed")
    refused(await venue.ask(Role.KITCHEN, "POST", f"/orders/{order_id}/recall"), 400, "INVALID_STATUS_TRANSITION")


@pytest.mark.contract("admin/move", "rule/notes")
async def test_a_reason_is_kept_as_it_was_said(venue: Venue, guest: Guest, pending_order: Json) -> None:
    body = {"status": "cancelled", "reason": "<b>Out of conch</b> 🐚"}
    cancelled = data_of(await venue.ask(Role.FLOOR, "PATCH", f"/orders/{pending_order['id']}/status", body))
    assert (cancelled["reason"], cancelled["cancelled_by"]) == (body["reason"], "staff")
    assert (await guest.order(pending_order["id"]))["reason"] == body["reason"]
