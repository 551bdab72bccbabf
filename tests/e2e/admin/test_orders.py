"""The lists that staff work from: all orders with filters and a cursor, and the kitchen's board."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import CRACKED_CONCH, FRITTERS, GROUPER, Guest, Json, Venue


async def listed(venue: Venue, **params: Any) -> list[Json]:  # noqa: ANN401 - a query
    """The orders of the list, which has seen everything that happened so far."""
    head = data_of(await venue.audited("/verify"))["events"]
    answer = await venue.client.get(
        f"{venue.admin}/orders", params={"after": head, **params}, headers=await venue.headers(Role.FLOOR)
    )
    assert int(answer.headers["ledger-position"]) >= head
    orders: list[Json] = data_of(answer)
    return orders


@pytest.mark.contract("admin/orders", "shapes/success", "shapes/after")
async def test_the_list_has_every_order_of_the_venue_newest_first(venue: Venue) -> None:
    placed = [await (await venue.guest(code)).ordered(notes="hot") for code in ("T1", "T2", "T3")]
    orders = await listed(venue)
    assert [order["id"] for order in orders] == [order["id"] for order in reversed(placed)]
    for shown, order in zip(orders, reversed(placed), strict=True):
        assert shown == {name: order[name] for name in shown}
    assert [order["table"] for order in orders] == ["Table T3", "Table T2", "Table T1"]


@pytest.mark.contract("admin/orders")
async def test_the_list_can_be_filtered(venue: Venue) -> None:
    first, second = await venue.guest("T1"), await venue.guest("T2")
    paid, unpaid, cancelled = await first.ordered(), await first.ordered(), await second.ordered()
    data_of(await first.pay(paid["id"]))
    data_of(await second.cancel(cancelled["id"]))

    async def ids(**params: str) -> list[str]:
        return [order["id"] for order in await listed(venue, **params)]

    assert await ids(status="confirmed") == [paid["id"]]
    assert await ids(status="cancelled") == [cancelled["id"]]
    assert await ids(payment_status="unpaid", status="pending") == [unpaid["id"]]
    assert await ids(table="Table T2") == [cancelled["id"]]
    assert await ids(table="Table T9") == []
    assert len(await ids(business_day=paid["business_day"])) == 3
    assert await ids(business_day="2001-01-01") == []
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert await ids(**{"from": soon}) == []
    assert len(await ids(to=soon)) == 3
    assert await ids(**{"from": unpaid["placed_at"], "to": cancelled["placed_at"]}) == [unpaid["id"]]


@pytest.mark.contract("admin/orders", "shapes/success")
async def test_the_list_goes_on_where_its_cursor_says(venue: Venue, guest: Guest) -> None:
    placed = [(await guest.ordered())["id"] for _ in range(5)]
    await listed(venue)
    headers, seen, cursor = await venue.headers(Role.FLOOR), [], None
    for _ in range(4):
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await venue.client.get(f"{venue.admin}/orders", params=params, headers=headers)
        seen += [order["id"] for order in data_of(page)]
        cursor = page.json()["meta"]["next_cursor"]
        if cursor is None:
            break
    assert seen == placed[::-1]


@pytest.mark.contract("admin/orders", "shapes/validation", "shapes/success")
async def test_a_query_that_means_nothing_is_refused_by_name(venue: Venue, subtests: pytest.Subtests) -> None:
    wrong = (
        *(("limit", value) for value in ("0", "101", "-1", "x", "1.5", "", "1e3")),
        *(("after", value) for value in ("-1", "x", "1.5", "99999999999999999999")),
        *(("cursor", value) for value in ("x", "", "!!!!", "AAAA", "eyJ9", "\0", "🍤")),
        *(("status", value) for value in ("", "eaten", "PENDING")),
        *(("payment_status", value) for value in ("", "free")),
        *(("business_day", value) for value in ("", "yesterday", "2025-02-30", "20250101")),
        *(("from", value) for value in ("", "now", "2025-01-01", "2025-01-01T00:00:00")),
        *(("to", value) for value in ("", "2025-13-01T00:00:00Z")),
        *(("table", value) for value in ("", "\0")),
    )
    headers = await venue.headers(Role.FLOOR)
    for name, value in wrong:
        with subtests.test(name=name, value=value):
            answer = await venue.client.get(f"{venue.admin}/orders", params={name: value}, headers=headers)
            assert names(refused(answer, 400, "VALIDATION_ERROR"), name)


@pytest.mark.contract("admin/orders", "shapes/ids-and-times")
async def test_times_at_the_ends_of_the_calendar_are_no_mistake_of_ours(
    venue: Venue, subtests: pytest.Subtests
) -> None:
    headers = await venue.headers(Role.MANAGER)
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"):
        for path in (f"{venue.admin}/orders", f"{venue.audit}/events"):
            for name in ("from", "to"):
                with subtests.test(moment=moment, path=path, name=name):
                    answer = await venue.client.get(path, params={name: moment}, headers=headers)
                    assert answer.status_code in {200, 400}, answer.text
    for day in ("0001-01-01", "9999-12-31"):
        answer = await venue.client.get(f"{venue.admin}/orders", params={"business_day": day}, headers=headers)
        assert data_of(answer) == []


@pytest.mark.contract("admin/kitchen")
async def test_the_board_has_every_open_ticket_oldest_first(venue: Venue, guest: Guest, menu: dict[str, Json]) -> None:
    fries = menu[CRACKED_CONCH]["option_groups"][0]["options"][1]
    await guest.add(CRACKED_CONCH, 2, options=[fries["id"]], notes="no lime")
    orders = [await guest.ordered(notes="quick"), await guest.ordered(GROUPER), await guest.ordered()]
    await venue.move(orders[0]["id"], "confirmed")
    await venue.move(orders[1]["id"], "confirmed", "preparing", "ready")
    assert [ticket["order_id"] for ticket in (await venue.board())["tickets"]] == [order["id"] for order in orders[:2]]
    first, second = (await venue.board())["tickets"]
    assert (first["order_number"], first["table"], first["status"], second["status"]) == (
        orders[0]["order_number"],
        "Table T1",
        "confirmed",
        "ready",
    )
    assert first["placed_at"] == orders[0]["placed_at"]
    assert 0 <= first["age_seconds"] < 60
    conch, fritters = first["items"]
    assert conch == {
        "id": orders[0]["items"][0]["id"],
        "name": CRACKED_CONCH,
        "quantity": 2,
        "options": [fries],
        "notes": "no lime",
        "status": "confirmed",
    }
    assert (fritters["name"], first["notes"]) == (FRITTERS, "quick")


@pytest.mark.contract("admin/kitchen")
async def test_a_ticket_leaves_the_board_when_its_order_does(venue: Venue, guest: Guest) -> None:
    completed, cancelled, pending = await guest.ordered(), await guest.ordered(), await guest.ordered()
    await venue.move(completed["id"], "confirmed", "preparing", "ready", "completed")
    await venue.move(cancelled["id"], "confirmed", "cancelled")
    assert pending["status"] == "pending"
    assert (await venue.board())["tickets"] == []


@pytest.mark.contract("admin/kitchen")
async def test_the_board_is_not_paged(venue: Venue, guest: Guest) -> None:
    for _ in range(101):
        order = await guest.ordered()
        await venue.move(order["id"], "confirmed")
    assert len((await venue.board())["tickets"]) == 101


@pytest.mark.contract("shapes/after-in-vain")
async def test_a_read_that_waits_in_vain_answers_with_what_it_has(venue: Venue) -> None:
    headers = await venue.headers(Role.KITCHEN)
    head = data_of(await venue.audited("/verify"))["events"]
    for path in ("orders", "kitchen"):
        began = datetime.now(UTC)
        answer = await venue.client.get(f"{venue.admin}/{path}", params={"after": head + 1}, headers=headers)
        assert answer.status_code == 200
        assert int(answer.headers["ledger-position"]) <= head
        assert timedelta(seconds=0.8) < datetime.now(UTC) - began < timedelta(seconds=2)
