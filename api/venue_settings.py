"""A venue's settings as its manager reads and changes them. What may stand in them is the venue's own to judge."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, patch
from msgspec import UNSET, Meta, UnsetType

from api.answers import shown, told
from api.bodies import Key, Shape, Words, body_of
from api.callers import StaffRequest
from api.describing import says
from api.front import FrontOf
from api.keys import key_of
from api.queries import Awaiting, query_of
from api.sentences import TIME_OF_DAY, bounds
from application.reads import venue_settings
from application.requests import EditSettings
from application.views.venue import SettingsView
from domain.pricing.rules import ServiceCharge, TaxRule
from domain.shared.money import AMOUNT_MAX, PPM
from domain.venue.commands import ChangeSettings
from domain.venue.limits import LIMITS
from domain.venue.settings import OpeningHours

MINUTES_PER_HOUR: Final = 60
ENTRIES_MAX: Final = 1_000

Number = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
"""A number whose own bounds the venue judges, naming them."""

_BOUNDS: Final = {limit.field: bounds(limit.least, limit.most) for limit in LIMITS}
TtlSeconds = Annotated[Number, _BOUNDS["session_ttl_seconds"]]
Minimum = Annotated[Number, _BOUNDS["order_minimum"]]
LineQuantity = Annotated[Number, _BOUNDS["max_line_quantity"]]
CartLines = Annotated[Number, _BOUNDS["max_cart_lines"]]
ExpirySeconds = Annotated[Number, _BOUNDS["order_expiry_seconds"]]
SettleDelay = Annotated[Number, _BOUNDS["unknown_settle_delay_s"]]

Weekday = Annotated[Number, bounds(0, 6)]
Ppm = Annotated[Number, bounds(0, PPM)]
Percent = Annotated[Number, bounds(0, 100)]

TimeOfDay = Annotated[str, Meta(pattern=TIME_OF_DAY)]
"""`HH:MM` in the venue's own time; 24:00 is the end of the day."""


class Span(Shape, frozen=True):
    """Open from `opens` to `closes`, `HH:MM` in the venue's own time; `weekday` 0 is Monday.

    What closes at or before it opens runs past midnight, so the same time twice is a whole day.
    """

    weekday: Weekday
    opens: TimeOfDay
    closes: TimeOfDay


class Tax(Shape, frozen=True):
    """One tax; `rate_ppm` in parts per million. No categories: on all of them."""

    name: Words
    rate_ppm: Ppm
    included: bool = False
    category_ids: Annotated[tuple[UUID, ...], Meta(max_length=ENTRIES_MAX)] = ()
    on_service_charge: bool = False


class Charge(Shape, frozen=True):
    """A service charge on the subtotal, once that is high enough."""

    name: Words
    rate_ppm: Ppm
    from_subtotal: Minimum = 0


class SettingsWanted(Shape, frozen=True):
    """What should be different; what is not named stays."""

    name: Words | UnsetType = UNSET
    timezone: Words | UnsetType = UNSET
    business_day_cutoff: TimeOfDay | UnsetType = UNSET
    opening_hours: Annotated[tuple[Span, ...], Meta(max_length=ENTRIES_MAX)] | UnsetType = UNSET
    session_ttl_seconds: TtlSeconds | UnsetType = UNSET
    order_minimum: Minimum | UnsetType = UNSET
    max_line_quantity: LineQuantity | UnsetType = UNSET
    max_cart_lines: CartLines | UnsetType = UNSET
    taxes: Annotated[tuple[Tax, ...], Meta(max_length=ENTRIES_MAX)] | UnsetType = UNSET
    service_charge: Charge | UnsetType | None = UNSET
    tip_presets: Annotated[tuple[Percent, ...], Meta(max_length=ENTRIES_MAX)] | UnsetType = UNSET
    order_expiry_seconds: ExpirySeconds | UnsetType = UNSET
    unknown_settle_delay_s: SettleDelay | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    idempotency_key: Key | None = None


@get("/admin/venues/{slug:str}/settings", opt=says(query=Awaiting, answers=SettingsView))
async def settings(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """All settings."""
    query_of(request, Awaiting)
    return shown(await venue_settings(front.house, request.user.venue_id))


@patch(
    "/admin/venues/{slug:str}/settings",
    opt=says(body=SettingsWanted, answers=SettingsView, refusals=("CARD_NUMBER_REFUSED",)),
)
async def change_settings(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Change settings. They hold for every command that is sent after the answer."""
    wanted = await body_of(request, SettingsWanted)
    return await told(front, request, EditSettings(change=_change(wanted)), key=key_of(request, wanted))


def _change(wanted: SettingsWanted) -> ChangeSettings:
    return ChangeSettings(
        name=wanted.name,
        timezone=wanted.timezone,
        business_day_cutoff_minute=_unless_unset(wanted.business_day_cutoff, _minute),
        opening_hours=_unless_unset(wanted.opening_hours, _opening_hours),
        session_ttl_s=wanted.session_ttl_seconds,
        order_minimum_minor=wanted.order_minimum,
        line_quantity_max=wanted.max_line_quantity,
        cart_lines_max=wanted.max_cart_lines,
        taxes=_unless_unset(wanted.taxes, _taxes),
        service_charge=_unless_unset(wanted.service_charge, _service_charge),
        tip_presets_percent=wanted.tip_presets,
        order_expiry_s=wanted.order_expiry_seconds,
        unknown_settle_delay_s=wanted.unknown_settle_delay_s,
        active=wanted.active,
    )


def _unless_unset(value: Any, convert: Any) -> Any:  # noqa: ANN401 - what it is, the two ends of the call say
    return value if value is UNSET else convert(value)


def _opening_hours(spans: tuple[Span, ...]) -> tuple[OpeningHours, ...]:
    return tuple(
        OpeningHours(weekday=span.weekday, opens_minute=_minute(span.opens), closes_minute=_minute(span.closes))
        for span in spans
    )


def _taxes(taxes: tuple[Tax, ...]) -> tuple[TaxRule, ...]:
    return tuple(
        TaxRule(
            name=tax.name,
            rate_ppm=tax.rate_ppm,
            included=tax.included,
            category_ids=tax.category_ids,
            on_service_charge=tax.on_service_charge,
        )
        for tax in taxes
    )


def _service_charge(charge: Charge | None) -> ServiceCharge | None:
    if charge is None:
        return None
    return ServiceCharge(name=charge.name, rate_ppm=charge.rate_ppm, from_subtotal_minor=charge.from_subtotal)


def _minute(text: str) -> int:
    """Minutes since midnight."""
    hours, _, minutes = text.partition(":")
    return int(hours) * MINUTES_PER_HOUR + int(minutes)


ROUTES: Final = (settings, change_settings)
