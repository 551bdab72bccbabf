"""A venue's settings as its manager reads and changes them. What may stand in them is the venue's own to judge."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, patch
from msgspec import UNSET, Meta, UnsetType

from api.answers import shown, told
from api.bodies import Key, Shape, Words, body_of, wrong_field
from api.callers import StaffRequest
from api.describing import says
from api.front import FrontOf
from api.keys import key_of
from application.reads import venue_settings
from application.requests import EditSettings
from application.views.venue import SettingsView
from domain.pricing.rules import ServiceCharge, TaxRule
from domain.shared.money import AMOUNT_MAX
from domain.venue.commands import ChangeSettings
from domain.venue.settings import OpeningHours

TIME_OF_DAY: Final = re.compile(r"(?P<hours>[01][0-9]|2[0-4]):(?P<minutes>[0-5][0-9])", re.ASCII)
MINUTES_PER_HOUR: Final = 60
END_OF_DAY: Final = 24 * MINUTES_PER_HOUR
ENTRIES_MAX: Final = 1_000

Number = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
"""A number whose own bounds the venue judges, naming them."""


class Span(Shape, frozen=True):
    """Open from `opens` to `closes`, `HH:MM` in the venue's own time; `weekday` 0 is Monday."""

    weekday: Number
    opens: Words
    closes: Words


class Tax(Shape, frozen=True):
    """One tax; `rate_ppm` in parts per million. No categories: on all of them."""

    name: Words
    rate_ppm: Number
    included: bool = False
    category_ids: Annotated[tuple[UUID, ...], Meta(max_length=ENTRIES_MAX)] = ()
    on_service_charge: bool = False


class Charge(Shape, frozen=True):
    """A service charge on the subtotal, once that is high enough."""

    name: Words
    rate_ppm: Number
    from_subtotal: Number = 0


class SettingsWanted(Shape, frozen=True):
    """What should be different; what is not named stays."""

    name: Words | UnsetType = UNSET
    timezone: Words | UnsetType = UNSET
    business_day_cutoff: Words | UnsetType = UNSET
    opening_hours: Annotated[tuple[Span, ...], Meta(max_length=ENTRIES_MAX)] | UnsetType = UNSET
    session_ttl_seconds: Number | UnsetType = UNSET
    order_minimum: Number | UnsetType = UNSET
    max_line_quantity: Number | UnsetType = UNSET
    max_cart_lines: Number | UnsetType = UNSET
    taxes: Annotated[tuple[Tax, ...], Meta(max_length=ENTRIES_MAX)] | UnsetType = UNSET
    service_charge: Charge | UnsetType | None = UNSET
    tip_presets: Annotated[tuple[Number, ...], Meta(max_length=ENTRIES_MAX)] | UnsetType = UNSET
    order_expiry_seconds: Number | UnsetType = UNSET
    unknown_settle_delay_s: Number | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    idempotency_key: Key | None = None


@get("/admin/venues/{slug:str}/settings", opt=says(answers=SettingsView))
async def settings(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """All settings."""
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
        business_day_cutoff_minute=_unless_unset(wanted.business_day_cutoff, _cutoff),
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


def _cutoff(text: str) -> int:
    return _minute("business_day_cutoff", text)


def _opening_hours(spans: tuple[Span, ...]) -> tuple[OpeningHours, ...]:
    return tuple(
        OpeningHours(
            weekday=span.weekday,
            opens_minute=_minute(f"opening_hours[{index}].opens", span.opens),
            closes_minute=_minute(f"opening_hours[{index}].closes", span.closes),
        )
        for index, span in enumerate(spans)
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


def _minute(field: str, text: str) -> int:
    """Minutes since midnight of `HH:MM`; 24:00 is the end of the day."""
    match = TIME_OF_DAY.fullmatch(text)
    minute = int(match["hours"]) * MINUTES_PER_HOUR + int(match["minutes"]) if match else END_OF_DAY + 1
    if minute > END_OF_DAY:
        raise wrong_field(field, "it must be a time of day as HH:MM")
    return minute


ROUTES: Final = (settings, change_settings)
