"""The ledger as auditors read it: in order, without a gap, with a chain that tells when somebody was at it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from domain.roster.events import Role
from infrastructure.postgres import Server
from tests.fixtures.answers import data_of, names, refused
from tests.fixtures.people import API, Guest, Json, Venue

FIELDS = {
    "position",
    "stream",
    "version",
    "type",
    "recorded_at",
    "actor",
    "request_id",
    "caused_by",
    "data",
    "hash",
}


@pytest.mark.contract("audit/events", "shapes/ids-and-times")
async def test_the_ledger_is_told_in_order_and_without_a_gap(venue: Venue, confirmed_order: Json) -> None:
    events = data_of(await venue.audited("/events"))
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    assert all(event.keys() == FIELDS for event in events)
    assert [event["recorded_at"] for event in events] == sorted(event["recorded_at"] for event in events)
    assert all(event["recorded_at"].endswith("Z") for event in events)
    assert len({event["hash"] for event in events}) == len(events)
    streams = {event["stream"].partition(":")[0] for event in events}
    assert streams >= {"venue", "menu", "floor", "roster", "session", "cart", "order", "bill"}
    assert all(event["type"].startswith(f"{event['stream'].partition(':')[0]}.") for event in events)
    for stream in {event["stream"] for event in events}:
        versions = [event["version"] for event in events if event["stream"] == stream]
        assert versions == list(range(1, len(versions) + 1))


@pytest.mark.contract("audit/events", "shapes/success")
async def test_the_ledger_goes_on_after_a_position_or_where_the_cursor_says(venue: Venue) -> None:
    whole = data_of(await venue.audited("/events"))
    assert data_of(await venue.audited("/events", after=7)) == whole[7:]
    assert data_of(await venue.audited("/events", after=10**6)) == []
    seen, params = [], {"limit": 5}
    for _ in range(len(whole)):
        page = await venue.audited("/events", **params)
        seen += data_of(page)
        cursor = page.json()["meta"]["next_cursor"]
        if cursor is None:
            break
        params = {"limit": 5, "cursor": cursor}
    assert seen == whole


@pytest.mark.contract("audit/events")
async def test_the_ledger_can_be_filtered(venue: Venue, guest: Guest, confirmed_order: Json) -> None:
    whole = data_of(await venue.audited("/events"))

    async def found(**params: Any) -> list[Json]:  # noqa: ANN401 - a query
        events: list[Json] = data_of(await venue.audited("/events", **params))
        assert events
        return events

    placed = [event for event in whole if event["type"] == "order.placed.v1"]
    assert await found(type="order.placed.v1") == placed
    stream = f"order:{confirmed_order['id']}"
    assert await found(stream=stream) == [event for event in whole if event["stream"] == stream]
    actor = f"guest:{guest.session['id']}"
    assert await found(actor=actor) == [event for event in whole if event["actor"] == actor]
    moment = placed[0]["recorded_at"]
    assert await found(**{"from": moment}) == [event for event in whole if event["recorded_at"] >= moment]
    assert await found(to=moment) == [event for event in whole if event["recorded_at"] < moment]
    assert data_of(await venue.audited("/events", type="order.eaten.v1")) == []


@pytest.mark.contract("audit/actor")
async def test_every_actor_is_a_guest_or_staff_or_the_system(
    client: object, venue: Venue, guest: Guest, pending_order: Json
) -> None:
    await venue.move(pending_order["id"], "confirmed")
    manager = data_of(await guest.client.get(f"{API}/auth/me", headers=await venue.headers(Role.MANAGER)))
    history = data_of(await venue.audited(f"/orders/{pending_order['id']}/history"))
    assert [event["actor"] for event in history] == [f"guest:{guest.session['id']}", f"staff:{manager['id']}"]
    actors = {event["actor"].partition(":")[0] for event in data_of(await venue.audited("/events"))}
    assert actors == {"guest", "staff", "system"}


@pytest.mark.contract("shapes/request-id", "audit/events")
async def test_an_event_names_the_request_that_brought_it_about(venue: Venue, guest: Guest) -> None:
    body = {"menu_item_id": await venue.dish_id("Conch Fritters"), "quantity": 1}
    answer = await guest.ask("POST", "/cart/items", body, X_Request_Id="it-was-me")
    assert answer.headers["x-request-id"] == "it-was-me"
    [event] = data_of(await venue.audited("/events", after=int(answer.headers["ledger-position"]) - 1))
    assert (event["request_id"], event["caused_by"]) == ("it-was-me", "command:AddToCart")


@pytest.mark.contract("audit/silent")
async def test_reading_records_nothing(venue: Venue, guest: Guest, confirmed_order: Json) -> None:
    before = data_of(await venue.audited("/verify"))
    for path in ("/events", f"/orders/{confirmed_order['id']}/history", f"/orders/{confirmed_order['id']}/state"):
        data_of(await venue.audited(path))
    for path in ("/orders", "/kitchen", "/settings", "/staff", "/tables", f"/orders/{confirmed_order['id']}"):
        data_of(await venue.ask(Role.MANAGER, "GET", path))
    await guest.cart()
    await venue.menu()
    assert data_of(await venue.audited("/verify")) == before


@pytest.mark.contract("audit/history")
async def test_a_history_is_exactly_the_order_s_own_stream_and_its_payments_the_bill_s(
    venue: Venue, guest: Guest, confirmed_order: Json
) -> None:
    other = await guest.ordered()
    order_id = confirmed_order["id"]
    await venue.move(order_id, "preparing", "ready", "completed")
    history = data_of(await venue.audited(f"/orders/{order_id}/history"))
    assert [event["version"] for event in history] == list(range(1, len(history) + 1))
    assert {event["stream"] for event in history} == {f"order:{order_id}"}
    whole = data_of(await venue.audited("/events"))
    assert history == [event for event in whole if event["stream"] == f"order:{order_id}"]
    payments = data_of(await venue.audited(f"/orders/{order_id}/payments"))
    assert [event["type"].split(".")[1] for event in payments] == ["opened", "payment-started", "payment-approved"]
    [bill] = {event["stream"] for event in payments}
    assert payments == [event for event in whole if event["stream"] == bill]
    assert len(data_of(await venue.audited(f"/orders/{other['id']}/history"))) == 1


@pytest.mark.contract("audit/state")
async def test_an_order_is_shown_as_it_was_at_every_version(venue: Venue, guest: Guest, pending_order: Json) -> None:
    order_id, path = pending_order["id"], f"/orders/{pending_order['id']}/state"
    seen = {1: pending_order}
    for status in ("confirmed", "preparing", "ready", "completed"):
        moved = await venue.move(order_id, status)
        seen[moved["version"]] = moved
    for version, order in seen.items():
        then = data_of(await venue.audited(path, version=version))
        assert (then["status"], then["version"]) == (order["status"], version)
        assert [line["status"] for line in then["items"]] == [line["status"] for line in order["items"]]
        assert then["total"] == order["total"]
    for wrong in (0, -1, "x", "1.5", 2**40):
        refused(await venue.audited(path, version=wrong), 400, "VALIDATION_ERROR")


@pytest.mark.contract("audit/state")
async def test_an_order_is_shown_as_it_was_at_every_moment(venue: Venue, guest: Guest, pending_order: Json) -> None:
    order_id, path = pending_order["id"], f"/orders/{pending_order['id']}/state"
    await venue.move(order_id, "confirmed")
    data_of(await guest.pay(order_id))
    for event in data_of(await venue.audited(f"/orders/{order_id}/history")):
        then = data_of(await venue.audited(path, at=event["recorded_at"]))
        assert then["version"] == event["version"]
    assert data_of(await venue.audited(path, at=datetime.now(UTC).isoformat()))["payment_status"] == "paid"
    before = datetime.fromisoformat(pending_order["placed_at"]) - timedelta(seconds=1)
    refused(await venue.audited(path, at=before.isoformat()), 404, "ORDER_NOT_FOUND")
    both = await venue.audited(path, version=1, at=before.isoformat())
    refused(both, 400, "VALIDATION_ERROR")


@pytest.mark.contract("audit/history", "audit/state", "shapes/malformed-id")
async def test_an_order_that_is_not_there_has_no_history(venue: Venue, guest: Guest, pending_order: Json) -> None:
    for id_ in ("nonsense", "%00", guest.session["id"], str(venue.venue_id), pending_order["cart_id"]):
        for what in ("history", "payments", "state"):
            refused(await venue.audited(f"/orders/{id_}/{what}"), 404, "ORDER_NOT_FOUND")


@pytest.mark.contract("audit/verify")
async def test_the_chain_is_verified_from_any_position(venue: Venue, confirmed_order: Json) -> None:
    events = data_of(await venue.audited("/events"))
    verdict = {"valid": True, "events": len(events), "head": events[-1]["hash"], "first_bad_position": None}
    for start in ({}, {"from": 1}, {"from": 7}, {"from": len(events)}):
        assert data_of(await venue.audited("/verify", **start)) == verdict
    for wrong in ("0", "-1", "x", "1.5", ""):
        assert names(refused(await venue.audited("/verify", **{"from": wrong}), 400, "VALIDATION_ERROR"), "from")


TAMPERING = {
    "data": "update events set data = convert_to(replace(convert_from(data, 'UTF8'), 'order', 'ordre'), 'UTF8')",
    "actor": "update events set actor = 'staff:somebody'",
    "tag": "update events set tag = tag || 'x'",
    "recorded_at": "update events set recorded_at = recorded_at - interval '1 second'",
    "request_id": "update events set request_id = 'x'",
    "caused_by": "update events set caused_by = 'x'",
    "hash": "update events set hash = sha256(hash)",
    "deletion": "delete from events",
}


@pytest.fixture
async def owner(database: Server) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Somebody with all rights on the database, who should not be trusted."""
    async with await psycopg.AsyncConnection.connect(database.admin_dsn) as connection:
        yield connection


@pytest.mark.contract("audit/verify")
@pytest.mark.parametrize("what", TAMPERING)
async def test_whoever_changes_the_past_is_found_out_at_that_position(
    venue: Venue, confirmed_order: Json, owner: psycopg.AsyncConnection[Any], what: str
) -> None:
    [placed] = data_of(await venue.audited("/events", type="order.placed.v1"))
    where = "where venue_id = %s and position = %s"
    await owner.execute(f"{TAMPERING[what]} {where}", (venue.venue_id, placed["position"]))
    await owner.commit()
    verdict = data_of(await venue.audited("/verify"))
    assert (verdict["valid"], verdict["first_bad_position"]) == (False, placed["position"])


@pytest.mark.contract("audit/verify")
async def test_whoever_cuts_off_the_end_is_found_out(
    venue: Venue, confirmed_order: Json, owner: psycopg.AsyncConnection[Any]
) -> None:
    before = data_of(await venue.audited("/verify"))
    await owner.execute("delete from events where venue_id = %s and position = %s", (venue.venue_id, before["events"]))
    await owner.commit()
    verdict = data_of(await venue.audited("/verify"))
    assert (verdict["valid"], verdict["first_bad_position"]) == (False, before["events"])


@pytest.mark.contract("audit/verify")
async def test_what_takes_too_long_to_verify_is_a_job_to_ask_for(
    venue: Venue, confirmed_order: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.audit.VERIFY_PATIENCE_S", 0.0)
    begun = await venue.audited("/verify")
    job = data_of(begun, 202)
    assert begun.headers["location"] == job["url"]
    assert int(begun.headers["retry-after"]) >= 1
    monkeypatch.setattr("api.audit.VERIFY_PATIENCE_S", 4.0)
    headers = await venue.headers(Role.AUDITOR)
    verdict = data_of(await venue.client.get(job["url"], headers=headers))
    assert (verdict["valid"], verdict["first_bad_position"]) == (True, None)
    for unknown in ("nonsense", "verify-", "verify-x", "verify-99999999999999999999"):
        refused(await venue.audited(f"/jobs/{unknown}"), 404, "JOB_NOT_FOUND")
