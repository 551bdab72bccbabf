"""A venue opens, and its manager changes the settings."""

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.pricing.rules import PricingRules, ServiceCharge, TaxRule
from domain.shared.refusals import ValidationFailed
from domain.venue.commands import ChangeSettings, OpenVenue
from domain.venue.decider import VENUE
from domain.venue.errors import VenueExists, VenueNotFound
from domain.venue.events import SettingsChanged, VenueOpened
from domain.venue.settings import OpeningHours, Settings, pricing_rules
from domain.venue.state import Venue
from tests.unit.given import given

SETTINGS = Settings(name="Conch House", currency="BSD", timezone="America/Nassau")
OPENED = VenueOpened(slug="conch-house", settings=SETTINGS)
TAX = TaxRule(name="VAT", rate_ppm=100_000)
SERVICE = ServiceCharge(name="Service", rate_ppm=125_000)


def test_a_venue_opens() -> None:
    venue = given(VENUE).when(OpenVenue(slug="conch-house", settings=SETTINGS)).then(OPENED)
    assert venue == Venue(slug="conch-house", settings=SETTINGS)


def test_a_venue_opens_once() -> None:
    refusal = given(VENUE, OPENED).when(OpenVenue(slug="conch-house", settings=SETTINGS)).refused(VenueExists)
    assert refusal.code == "VENUE_EXISTS"


@pytest.mark.parametrize("slug", ["", "Conch", "conch house", "-conch", "conch--house", "conch-", "x" * 64, "house"])
def test_a_slug_is_fit_for_an_address_and_is_not_the_houses(slug: str) -> None:
    refusal = given(VENUE).when(OpenVenue(slug=slug, settings=SETTINGS)).refused(ValidationFailed)
    assert refusal.details["field"] == "slug"


@pytest.mark.parametrize("slug", ["a", "7", "conch-house-2", "x" * 63])
def test_small_letters_digits_and_single_dashes_make_a_slug(slug: str) -> None:
    given(VENUE).when(OpenVenue(slug=slug, settings=SETTINGS)).then(replace(OPENED, slug=slug))


@pytest.mark.parametrize("currency", ["", "usd", "XXX", "US"])
def test_a_currency_has_to_be_known(currency: str) -> None:
    command = OpenVenue(slug="conch-house", settings=replace(SETTINGS, currency=currency))
    assert given(VENUE).when(command).refused(ValidationFailed).details["field"] == "currency"


def test_a_venue_that_never_opened_has_no_settings_to_change() -> None:
    refusal = given(VENUE).when(ChangeSettings(name="Conch Shack")).refused(VenueNotFound)
    assert refusal.code == "VENUE_NOT_FOUND"


def test_only_what_differs_is_changed() -> None:
    venue = (
        given(VENUE, OPENED)
        .when(ChangeSettings(name="Conch Shack", timezone="America/Nassau", session_ttl_s=1))
        .then(SettingsChanged(name="Conch Shack", session_ttl_s=1))
    )
    assert venue.settings == replace(SETTINGS, name="Conch Shack", session_ttl_s=1)


def test_a_change_that_changes_nothing_is_none() -> None:
    given(VENUE, OPENED).when(ChangeSettings(name="Conch House", active=True)).then()
    given(VENUE, OPENED).when(ChangeSettings()).then()


def test_a_service_charge_comes_and_goes() -> None:
    came = SettingsChanged(service_charge=SERVICE)
    given(VENUE, OPENED).when(ChangeSettings(service_charge=SERVICE)).then(came)
    given(VENUE, OPENED, came).when(ChangeSettings(service_charge=None)).then(SettingsChanged(service_charge=None))


def test_a_venue_can_be_put_to_sleep_and_woken() -> None:
    asleep = SettingsChanged(active=False)
    given(VENUE, OPENED).when(ChangeSettings(active=False)).then(asleep)
    given(VENUE, OPENED, asleep).when(ChangeSettings(active=True)).then(SettingsChanged(active=True))


AT_THE_BOUNDS: list[dict[str, Any]] = [
    {"business_day_cutoff_minute": 0},
    {"business_day_cutoff_minute": 1439},
    {"session_ttl_s": 1},
    {"session_ttl_s": 604_800},
    {"order_minimum_minor": 10**9},
    {"line_quantity_max": 1},
    {"cart_lines_max": 1},
    {"order_expiry_s": 1},
    {"unknown_settle_delay_s": 0},
    {"unknown_settle_delay_s": 86_400},
    {"tip_presets_percent": ()},
    {"tip_presets_percent": (0, 100)},
    {"timezone": "Asia/Kathmandu"},
    {"taxes": (replace(TAX, rate_ppm=0), replace(TAX, rate_ppm=1_000_000))},
    {"service_charge": replace(SERVICE, rate_ppm=1_000_000)},
    {"opening_hours": (OpeningHours(weekday=6, opens_minute=1439, closes_minute=1440),)},
]

OUT_OF_BOUNDS: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": " "}),
    ("name", {"name": "x" * 201}),
    ("timezone", {"timezone": "Mars/Olympus"}),
    ("timezone", {"timezone": "America"}),
    ("timezone", {"timezone": ""}),
    ("timezone", {"timezone": "../UTC"}),
    ("timezone", {"timezone": "a\0b"}),
    ("business_day_cutoff", {"business_day_cutoff_minute": 1440}),
    ("business_day_cutoff", {"business_day_cutoff_minute": -1}),
    ("session_ttl_seconds", {"session_ttl_s": 0}),
    ("session_ttl_seconds", {"session_ttl_s": 604_801}),
    ("order_minimum", {"order_minimum_minor": -1}),
    ("order_minimum", {"order_minimum_minor": 10**9 + 1}),
    ("max_line_quantity", {"line_quantity_max": 0}),
    ("max_line_quantity", {"line_quantity_max": 10_000}),
    ("max_cart_lines", {"cart_lines_max": 0}),
    ("max_cart_lines", {"cart_lines_max": 501}),
    ("order_expiry_seconds", {"order_expiry_s": 0}),
    ("unknown_settle_delay_s", {"unknown_settle_delay_s": -1}),
    ("unknown_settle_delay_s", {"unknown_settle_delay_s": 86_401}),
    ("tip_presets[1]", {"tip_presets_percent": (10, 101)}),
    ("tip_presets", {"tip_presets_percent": (10, 10)}),
    ("tip_presets", {"tip_presets_percent": tuple(range(11))}),
    ("taxes[0].rate_ppm", {"taxes": (replace(TAX, rate_ppm=1_000_001),)}),
    ("taxes[1].name", {"taxes": (TAX, replace(TAX, name=""))}),
    ("taxes[0].category_ids", {"taxes": (replace(TAX, category_ids=(UUID(int=1), UUID(int=1))),)}),
    ("taxes", {"taxes": (TAX,) * 21}),
    ("service_charge.rate_ppm", {"service_charge": replace(SERVICE, rate_ppm=-1)}),
    ("service_charge.name", {"service_charge": replace(SERVICE, name="")}),
    ("service_charge.from_subtotal", {"service_charge": replace(SERVICE, from_subtotal_minor=-1)}),
    ("opening_hours[0].weekday", {"opening_hours": (OpeningHours(weekday=7, opens_minute=0, closes_minute=60),)}),
    ("opening_hours[0].opens", {"opening_hours": (OpeningHours(weekday=0, opens_minute=1440, closes_minute=60),)}),
    ("opening_hours[0].closes", {"opening_hours": (OpeningHours(weekday=0, opens_minute=0, closes_minute=1441),)}),
    ("opening_hours", {"opening_hours": (OpeningHours(weekday=0, opens_minute=0, closes_minute=60),) * 71}),
]


@pytest.mark.parametrize("changes", AT_THE_BOUNDS, ids=str)
def test_a_setting_may_be_at_its_bounds(changes: dict[str, Any]) -> None:
    given(VENUE, OPENED).when(ChangeSettings(**changes)).then(SettingsChanged(**changes))


@pytest.mark.parametrize(("field", "changes"), OUT_OF_BOUNDS, ids=str)
def test_a_setting_beyond_its_bounds_is_named_as_on_the_wire(field: str, changes: dict[str, Any]) -> None:
    refusal = given(VENUE, OPENED).when(ChangeSettings(**changes)).refused(ValidationFailed)
    assert refusal.details["field"] == field
    assert field in refusal.message


def test_a_venue_cannot_open_with_settings_beyond_their_bounds() -> None:
    command = OpenVenue(slug="conch-house", settings=replace(SETTINGS, session_ttl_s=0, name=""))
    refusal = given(VENUE).when(command).refused(ValidationFailed)
    assert [fault["field"] for fault in refusal.details["errors"]] == ["name", "session_ttl_seconds"]


def test_a_bound_tightened_since_does_not_stand_in_the_way_of_another_change() -> None:
    generous = VenueOpened(slug="conch-house", settings=replace(SETTINGS, cart_lines_max=100_000))
    given(VENUE, generous).when(ChangeSettings(name="Conch Shack")).then(SettingsChanged(name="Conch Shack"))


def test_news_before_the_opening_changes_nothing() -> None:
    assert given(VENUE, SettingsChanged(name="Conch Shack")).state == Venue()


def test_settings_say_what_pricing_needs_to_know() -> None:
    settings = replace(SETTINGS, taxes=(TAX,), service_charge=SERVICE)
    assert pricing_rules(settings) == PricingRules(taxes=(TAX,), service_charge=SERVICE)
