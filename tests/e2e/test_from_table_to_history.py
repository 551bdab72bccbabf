"""The main job, end to end: a guest scans, orders and pays, the kitchen cooks, and an auditor replays what happened."""

import httpx

from tests.fixtures.people import API, FRITTERS, Guest, Headers, Venue
from tests.fixtures.served import Simulator


async def test_a_guest_orders_and_pays_the_kitchen_cooks_and_an_auditor_replays_it(
    client: httpx.AsyncClient,
    venue: Venue,
    kitchen: Headers,
    auditor: Headers,
    simulator: Simulator,
) -> None:
    guest = await venue.guest("T2")
    added = (await guest.add(FRITTERS, 2, notes="no pepper 🌶")).json()["data"]
    assert (added["item_count"], added["subtotal"]) == (2, 2598)

    placed = await guest.place(tip=300)
    assert placed.status_code == 201
    order = placed.json()["data"]
    assert order["total"] == 2598 + 260 + 300
    assert (await guest.cart())["item_count"] == 0

    paid = await guest.pay(order["id"])
    assert paid.status_code == 200
    assert paid.json()["data"]["status"] == "approved"
    assert await simulator.live_minor(order["id"]) == order["total"]

    board = await client.get(
        f"{venue.admin}/kitchen", params={"after": paid.headers["ledger-position"]}, headers=kitchen
    )
    [ticket] = board.json()["data"]["tickets"]
    assert (ticket["order_id"], ticket["status"], ticket["table"]) == (order["id"], "confirmed", "Table T2")
    assert ticket["items"][0]["notes"] == "no pepper 🌶"

    for status in ("preparing", "ready", "completed"):
        moved = await client.patch(
            f"{venue.admin}/orders/{order['id']}/status", json={"status": status}, headers=kitchen
        )
        assert (moved.status_code, moved.json()["data"]["status"]) == (200, status)
    assert (await guest.order(order["id"]))["status"] == "completed"

    history = await client.get(f"{venue.audit}/orders/{order['id']}/history", headers=auditor)
    assert [event["type"] for event in history.json()["data"]] == [
        "order.placed.v1",
        "order.confirmed.v1",
        "order.lines-started.v1",
        "order.preparation-started.v1",
        "order.lines-readied.v1",
        "order.readied.v1",
        "order.completed.v1",
    ]
    then = await client.get(f"{venue.audit}/orders/{order['id']}/state", params={"version": 2}, headers=auditor)
    assert then.json()["data"]["status"] == "confirmed"

    verdict = (await client.get(f"{venue.audit}/verify", headers=auditor)).json()["data"]
    assert (verdict["valid"], verdict["first_bad_position"]) == (True, None)


async def test_the_alias_answers_like_the_api_itself(client: httpx.AsyncClient, guest: Guest) -> None:
    through_alias = await client.get("/api/cart", headers=guest.headers)
    assert through_alias.json() == (await client.get(f"{API}/cart", headers=guest.headers)).json()
