"""What can have happened to a venue."""

from msgspec import UNSET, UnsetType

from domain.pricing.rules import ServiceCharge, TaxRule
from domain.shared.event import Event
from domain.venue.settings import OpeningHours, Settings


class VenueOpened(Event, frozen=True, kw_only=True, tag="venue.opened.v1"):
    """The venue's ledger began."""

    slug: str
    settings: Settings


class SettingsChanged(Event, frozen=True, kw_only=True, tag="venue.settings-changed.v1"):
    """These settings, and only these, have new values."""

    name: str | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    business_day_cutoff_minute: int | UnsetType = UNSET
    opening_hours: tuple[OpeningHours, ...] | UnsetType = UNSET
    session_ttl_s: int | UnsetType = UNSET
    order_minimum_minor: int | UnsetType = UNSET
    line_quantity_max: int | UnsetType = UNSET
    cart_lines_max: int | UnsetType = UNSET
    taxes: tuple[TaxRule, ...] | UnsetType = UNSET
    service_charge: ServiceCharge | UnsetType | None = UNSET
    tip_presets_percent: tuple[int, ...] | UnsetType = UNSET
    order_expiry_s: int | UnsetType = UNSET
    unknown_settle_delay_s: int | UnsetType = UNSET
    active: bool | UnsetType = UNSET


VenueEvent = VenueOpened | SettingsChanged
