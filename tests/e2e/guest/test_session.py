"""Sitting down and leaving."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of, refused
from tests.fixtures.people import API, Guest, Json, Venue


async def scan(venue: Venue, code: str) -> httpx.Response:
    return await venue.client.post(f"{API}/venues/{venue.slug}/session", json={"table_short_code": code})


@pytest.mark.contract("session/open", "shapes/ids-and-times")
async def test_who_scans_a_code_gets_a_token_that_expires(venue: Venue) -> None:
    session = data_of(await scan(venue, "T2"), 201)
    assert str(UUID(session["id"])) == session["id"]
    assert session["expires_at"].endswith("Z")
    expires_at = datetime.fromisoformat(session["expires_at"])
    assert expires_at - datetime.now(UTC) > timedelta(hours=3)
    assert (session["table"]["code"], session["table"]["name"]) == ("T2", "Table T2")
    assert session["venue"]["slug"] == venue.slug
    assert data_of(await Guest(venue, session).ask("GET", "/cart"))["item_count"] == 0


@pytest.mark.contract("session/missing")
@pytest.mark.parametrize("code", ["T99", "t1", " T1", "T1 ", "🍤", "T1'--"])
async def test_a_code_that_is_on_no_table_is_not_found(venue: Venue, code: str) -> None:
    refused(await scan(venue, code), 404, "TABLE_NOT_FOUND")


@pytest.mark.contract("session/missing")
async def test_a_table_that_was_taken_off_the_floor_is_not_found(venue: Venue) -> None:
    data_of(await venue.ask(Role.FLOOR, "PATCH", "/tables/T1", {"active": False}))
    refused(await scan(venue, "T1"), 404, "TABLE_NOT_FOUND")


@pytest.mark.contract("session/rotated", "admin/tables")
async def test_a_rotated_code_is_not_found_and_its_sessions_are_over(venue: Venue) -> None:
    before, elsewhere = await venue.guest("T1"), await venue.guest("T2")
    rotated = data_of(await venue.ask(Role.FLOOR, "POST", "/tables/T1/rotate"))
    refused(await scan(venue, "T1"), 404, "TABLE_NOT_FOUND")
    refused(await before.ask("GET", "/cart"), 401, "SESSION_EXPIRED")
    refused(await before.add(), 401, "SESSION_EXPIRED")
    assert data_of(await elsewhere.ask("GET", "/cart"))["item_count"] == 0
    assert (await scan(venue, rotated["code"])).status_code == 201


@pytest.mark.contract("session/many")
async def test_sessions_live_side_by_side_and_each_closes_its_own(venue: Venue) -> None:
    first, second = await venue.guest("T1"), await venue.guest("T1")
    data_of(await first.add(), 201)
    assert (await second.cart())["items"] == []
    data_of(await first.ask("DELETE", "/session"))
    refused(await first.ask("GET", "/cart"), 401, "SESSION_EXPIRED")
    data_of(await second.add(), 201)


@pytest.mark.contract("rule/no-token", "shapes/www-authenticate")
@pytest.mark.parametrize("headers", [{}, {"X-Session-Token": ""}, {"X-Session-Token": "  "}])
@pytest.mark.parametrize("path", ["/cart", "/orders", f"/orders/{UUID(int=7)}"])
async def test_without_a_token_nobody_is_a_guest(client: httpx.AsyncClient, headers: Json, path: str) -> None:
    refused(await client.get(API + path, headers=headers), 401, "UNAUTHORIZED")


@pytest.mark.contract("rule/unknown-token")
@pytest.mark.parametrize("token", ["nonsense", "A" * 64, "A" * 63, "A" * 65, "A" * 10_000, "../../x", "é" * 64])
async def test_a_token_that_nobody_was_given_is_invalid(client: httpx.AsyncClient, token: str) -> None:
    headers = {b"X-Session-Token": token.encode()}
    refused(await client.get(f"{API}/cart", headers=headers), 401, "SESSION_INVALID")


@pytest.mark.contract("rule/unknown-token")
async def test_a_token_with_another_secret_or_another_venue_is_invalid(guest: Guest) -> None:
    token = guest.session["token"]
    other_secret = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
    other_venue = ("AAAA" if not token.startswith("AAAA") else "BBBB") + token[4:]
    for forged in (other_secret, other_venue):
        refused(await guest.client.get(f"{API}/cart", headers={"X-Session-Token": forged}), 401, "SESSION_INVALID")


@pytest.mark.contract("rule/expired-token", "shapes/www-authenticate")
async def test_an_expired_session_can_do_nothing_any_more(expired_session: Guest) -> None:
    guest = expired_session
    refused(await guest.ask("GET", "/cart"), 401, "SESSION_EXPIRED")
    refused(await guest.add(), 401, "SESSION_EXPIRED")
    refused(await guest.place(), 401, "SESSION_EXPIRED")
    refused(await guest.ask("GET", "/orders"), 401, "SESSION_EXPIRED")
    refused(await guest.ask("DELETE", "/session"), 401, "SESSION_EXPIRED")


@pytest.mark.contract("admin/settings", "shapes/settings-hold")
async def test_a_shorter_session_time_holds_for_sessions_opened_after_it(venue: Venue, guest: Guest) -> None:
    await venue.change_settings(session_ttl_seconds=60)
    session = data_of(await scan(venue, "T1"), 201)
    left = datetime.fromisoformat(session["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)
    assert datetime.fromisoformat(guest.session["expires_at"]) - datetime.now(UTC) > timedelta(hours=1)
    data_of(await guest.add(), 201)


@pytest.mark.slow
@pytest.mark.contract("admin/settings", "rule/expired-token")
async def test_a_session_of_one_second_is_over_after_it(venue: Venue) -> None:
    await venue.change_settings(session_ttl_seconds=1)
    guest = await venue.guest()
    data_of(await guest.ask("GET", "/cart"))
    await asyncio.sleep(1.1)
    refused(await guest.ask("GET", "/cart"), 401, "SESSION_EXPIRED")
