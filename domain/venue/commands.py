"""Wishes that a venue can be asked to fulfil."""

from msgspec import UNSET, UnsetType

from domain.pricing.rules import ServiceCharge, TaxRule
from domain.shared.event import Command
from domain.venue.settings import OpeningHours, Settings


class OpenVenue(Command, frozen=True, kw_only=True):
    """Begin a venue's ledger."""

    slug: str
    settings: Settings


class ChangeSettings(Command, frozen=True, kw_only=True):
    """Change what is named; what is left unset stays as it is."""

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


VenueCommand = OpenVenue | ChangeSettings
