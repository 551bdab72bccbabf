"""Settings, menu and tables, as a manager changes them."""

from uuid import UUID, uuid4

import pytest

from application.errors import CardNumberRefused
from application.house import House
from application.reads import tables, venue_page, venue_settings
from application.requests import (
    AddTable,
    EditMenu,
    EditSettings,
    EditTable,
    OpenSession,
    OpenVenue,
    RotateTable,
)
from domain.floor.errors import TableCodeTaken, TableNotFound
from domain.menu.commands import AddOptionGroup, BringBack, ChangeItem, RemoveItem, SellOut
from domain.menu.events import Option
from domain.shared.refusals import ValidationFailed
from domain.venue.commands import ChangeSettings
from domain.venue.errors import VenueExists, VenueNotFound
from domain.venue.settings import OpeningHours, Settings
from tests.fixtures.venue import TestVenue, data_of
from tests.unit.application.conftest import Cast


async def test_a_venue_opens_once(venue: TestVenue) -> None:
    with pytest.raises(VenueExists):
        await venue.by_staff(OpenVenue(slug=venue.slug, settings=Settings(name="Again", currency="BSD")))


async def test_settings_are_shown_in_the_clients_words(venue: TestVenue) -> None:
    hours = (OpeningHours(weekday=5, opens_minute=18 * 60 + 30, closes_minute=120),)
    change = ChangeSettings(opening_hours=hours, session_ttl_s=60)
    told = data_of(await venue.by_staff(EditSettings(change=change)))
    assert (told["session_ttl_seconds"], told["business_day_cutoff"]) == (60, "04:00")
    assert told["opening_hours"] == [{"weekday": 5, "opens": "18:30", "closes": "02:00"}]
    assert (await venue_settings(venue.house, venue.venue_id)).data.version == told["version"]


async def test_a_setting_out_of_bounds_is_refused(venue: TestVenue) -> None:
    with pytest.raises(ValidationFailed):
        await venue.by_staff(EditSettings(change=ChangeSettings(session_ttl_s=0)))


async def test_changing_nothing_is_answered_and_records_nothing(venue: TestVenue, cast: Cast) -> None:
    before = len(cast.ledger.books[venue.venue_id])
    answered = await venue.by_staff(EditSettings(change=ChangeSettings(name="Conch House")))
    assert (answered.status, answered.position) == (200, before)
    assert len(cast.ledger.books[venue.venue_id]) == before


async def test_an_inactive_venue_is_not_there_for_guests(venue: TestVenue, house: House) -> None:
    assert (await venue_page(house, venue.slug)).data.open_now
    await venue.by_staff(EditSettings(change=ChangeSettings(active=False)))
    with pytest.raises(VenueNotFound):
        await venue_page(house, venue.slug)
    with pytest.raises(VenueNotFound):
        await venue.guest()
    with pytest.raises(VenueNotFound):
        await venue_page(house, "atlantis")


async def test_menu_items_are_sold_out_brought_back_repriced_and_removed(venue: TestVenue, cast: Cast) -> None:
    item_id = venue.item_id
    gone = data_of(await venue.by_staff(EditMenu(change=SellOut(item_id=item_id, at=cast.clock()))))
    back = data_of(await venue.by_staff(EditMenu(change=BringBack(item_id=item_id))))
    assert (gone["available"], back["available"]) == (False, True)
    repriced = data_of(await venue.by_staff(EditMenu(change=ChangeItem(item_id=item_id, price_minor=1))))
    assert (repriced["id"], repriced["price"]) == (str(item_id), 1)
    removed = data_of(await venue.by_staff(EditMenu(change=RemoveItem(item_id=item_id))))
    assert removed == {"id": str(item_id), "removed": True}


async def test_a_new_option_group_is_created(venue: TestVenue) -> None:
    sauces = (Option(option_id=uuid4(), name="Goombay", price_minor=50),)
    change = AddOptionGroup(group_id=uuid4(), name="Sauce", choices_min=0, choices_max=1, options=sauces)
    answered = await venue.by_staff(EditMenu(change=change))
    assert (answered.status, data_of(answered)["max"], data_of(answered)["options"][0]["price"]) == (201, 1, 50)


async def test_a_table_without_a_code_is_given_one_that_can_be_typed(venue: TestVenue, house: House) -> None:
    table_id = uuid4()
    answered = await venue.by_staff(AddTable(table_id=table_id, name="Terrace"))
    code = data_of(answered)["code"]
    assert answered.status == 201
    assert len(code) == 8
    assert not set(code) & set("01IO")
    assert [table.id for table in (await tables(house, venue.venue_id)).data][-1] == table_id


async def test_a_code_is_never_given_out_twice(venue: TestVenue) -> None:
    await venue.by_staff(RotateTable(code="T1"))
    with pytest.raises(TableCodeTaken):
        await venue.by_staff(AddTable(table_id=uuid4(), name="Again", code="T1"))
    with pytest.raises(TableNotFound):
        await venue.by_staff(RotateTable(code="T1"))


async def test_a_table_off_the_floor_seats_nobody_until_it_is_back(venue: TestVenue) -> None:
    await venue.by_staff(EditTable(code="T1", active=False))
    with pytest.raises(TableNotFound):
        await venue.ask("system:door", OpenSession(table_short_code="T1"))
    renamed = data_of(await venue.by_staff(EditTable(code="T1", active=True, name="Bar")))
    assert (renamed["name"], UUID(renamed["id"])) == ("Bar", UUID(renamed["id"]))
    await venue.guest("T1")


async def test_no_name_may_be_a_card_number(venue: TestVenue) -> None:
    for wish in (
        EditSettings(change=ChangeSettings(name="4111111111111111")),
        EditMenu(change=ChangeItem(item_id=venue.item_id, description="4111 1111 1111 1111")),
        AddTable(table_id=uuid4(), name="4111-1111-1111-1111"),
    ):
        with pytest.raises(CardNumberRefused):
            await venue.by_staff(wish)
