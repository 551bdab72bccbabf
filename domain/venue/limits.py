"""What a venue's settings may be, each fault named by its field on the wire."""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.pricing.rules import ServiceCharge, TaxRule
from domain.shared.money import AMOUNT_MAX, CURRENCIES, PPM
from domain.shared.validation import Fault, distinct, few, text, within
from domain.venue.settings import MINUTES_PER_DAY, OpeningHours, Settings

WEEK_S: Final = 604_800
SPANS_MAX: Final = 70
TAXES_MAX: Final = 20
TIP_PRESETS_MAX: Final = 10


class Limit(NamedTuple):
    """A number's bounds, both allowed."""

    setting: str
    field: str
    least: int
    most: int


# The most that a line and a cart can be set to keep every total far below what a 64-bit column holds.
LIMITS: Final = (
    Limit("business_day_cutoff_minute", "business_day_cutoff", 0, MINUTES_PER_DAY - 1),
    Limit("session_ttl_s", "session_ttl_seconds", 1, WEEK_S),
    Limit("order_minimum_minor", "order_minimum", 0, AMOUNT_MAX),
    Limit("line_quantity_max", "max_line_quantity", 1, 9_999),
    Limit("cart_lines_max", "max_cart_lines", 1, 500),
    Limit("order_expiry_s", "order_expiry_seconds", 1, WEEK_S),
    Limit("unknown_settle_delay_s", "unknown_settle_delay_s", 0, 86_400),
)


def faults(settings: Settings, changed: Collection[str]) -> Iterator[Fault]:
    """What is wrong with the settings named in `changed`.

    The others are left alone: a limit tightened since must not stand in the way of an unrelated change.
    """
    if "name" in changed:
        yield from text("name", settings.name)
    if "currency" in changed and settings.currency not in CURRENCIES:
        yield Fault(field="currency", message="currency must be an ISO 4217 code that is known here.")
    if "timezone" in changed and not _is_time_zone(settings.timezone):
        yield Fault(field="timezone", message="timezone must be an IANA name such as America/Nassau.")
    for limit in LIMITS:
        if limit.setting in changed:
            yield from within(limit.field, getattr(settings, limit.setting), least=limit.least, most=limit.most)
    if "opening_hours" in changed:
        yield from _of_opening_hours(settings.opening_hours)
    if "taxes" in changed:
        yield from _of_taxes(settings.taxes)
    if "service_charge" in changed and settings.service_charge is not None:
        yield from _of_service_charge(settings.service_charge)
    if "tip_presets_percent" in changed:
        yield from _of_tip_presets(settings.tip_presets_percent)


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder's name, as America is, may be an OSError
        return False
    return True


def _of_opening_hours(spans: tuple[OpeningHours, ...]) -> Iterator[Fault]:
    yield from few("opening_hours", spans, most=SPANS_MAX)
    for index, span in enumerate(spans):
        place = f"opening_hours[{index}]"
        yield from within(f"{place}.weekday", span.weekday, most=6)
        yield from within(f"{place}.opens", span.opens_minute, most=MINUTES_PER_DAY - 1)
        yield from within(f"{place}.closes", span.closes_minute, most=MINUTES_PER_DAY)


def _of_taxes(taxes: tuple[TaxRule, ...]) -> Iterator[Fault]:
    yield from few("taxes", taxes, most=TAXES_MAX)
    for index, tax in enumerate(taxes):
        yield from text(f"taxes[{index}].name", tax.name)
        yield from within(f"taxes[{index}].rate_ppm", tax.rate_ppm, most=PPM)
        yield from distinct(f"taxes[{index}].category_ids", tax.category_ids)


def _of_service_charge(charge: ServiceCharge) -> Iterator[Fault]:
    yield from text("service_charge.name", charge.name)
    yield from within("service_charge.rate_ppm", charge.rate_ppm, most=PPM)
    yield from within("service_charge.from_subtotal", charge.from_subtotal_minor)


def _of_tip_presets(percents: tuple[int, ...]) -> Iterator[Fault]:
    yield from few("tip_presets", percents, most=TIP_PRESETS_MAX)
    yield from distinct("tip_presets", percents)
    for index, percent in enumerate(percents):
        yield from within(f"tip_presets[{index}]", percent, most=100)
