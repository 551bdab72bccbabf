"""Positions: a command says where in the ledger it stands, and whoever reads can wait for it."""

import httpx
import pytest

from domain.roster.events import Role
from tests.fixtures.answers import data_of
from tests.fixtures.people import API, FRITTERS, Guest, Json, Venue


@pytest.mark.contract("shapes/ledger-position", "shapes/after")
async def test_a_read_model_waits_for_what_a_command_brought_about(
    client: httpx.AsyncClient, venue: Venue, menu: dict[str, Json]
) -> None:
    for price in range(1400, 1420):
        changed = await venue.ask(Role.MANAGER, "PATCH", f"/menu/items/{menu[FRITTERS]['id']}", {"price": price})
        position = int(changed.headers["ledger-position"])
        read = await client.get(f"{API}/venues/{venue.slug}/menu", params={"after": position})
        assert int(read.headers["ledger-position"]) >= position
        assert data_of(read)["categories"][0]["items"][0]["price"] == price


@pytest.mark.contract("shapes/ledger-position")
async def test_every_command_says_which_position_it_brought_about(venue: Venue, guest: Guest) -> None:
    async def head() -> int:
        events: int = data_of(await venue.audited("/verify"))["events"]
        return events

    for do in (guest.add, guest.place):
        before = await head()
        position = int((await do()).headers["ledger-position"])
        assert before < position == await head()


@pytest.mark.contract("shapes/ledger-position")
async def test_a_command_that_changes_nothing_names_the_position_that_there_is(venue: Venue) -> None:
    first = await venue.ask(Role.MANAGER, "PATCH", "/settings", {"name": "Same"})
    again = await venue.ask(Role.MANAGER, "PATCH", "/settings", {"name": "Same"})
    assert int(again.headers["ledger-position"]) >= int(first.headers["ledger-position"])
    assert data_of(again)["version"] == data_of(first)["version"]
