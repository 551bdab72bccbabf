"""What a manager can set, with the defaults a new venue begins with."""

from typing import Final

from msgspec import Struct

from domain.pricing.rules import PricingRules, ServiceCharge, TaxRule

MINUTES_PER_DAY: Final = 1_440


class OpeningHours(Struct, frozen=True, kw_only=True):
    """One span of a week, in the venue's own time. `weekday` 0 is Monday; minutes since midnight.

    A span that closes at or before it opens runs past midnight into the next day.
    """

    weekday: int
    opens_minute: int
    closes_minute: int


class Settings(Struct, frozen=True, kw_only=True):
    """A venue's settings. `currency` is set when it opens and never changes. No opening hours means always open."""

    name: str
    currency: str
    timezone: str = "UTC"
    business_day_cutoff_minute: int = 240
    opening_hours: tuple[OpeningHours, ...] = ()
    session_ttl_s: int = 14_400
    order_minimum_minor: int = 0
    line_quantity_max: int = 99
    cart_lines_max: int = 50
    taxes: tuple[TaxRule, ...] = ()
    service_charge: ServiceCharge | None = None
    tip_presets_percent: tuple[int, ...] = (10, 15, 20)
    order_expiry_s: int = 3_600
    unknown_settle_delay_s: int = 60
    active: bool = True


def pricing_rules(settings: Settings) -> PricingRules:
    """What these settings say about money."""
    return PricingRules(taxes=settings.taxes, service_charge=settings.service_charge)
