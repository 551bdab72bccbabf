"""A venue as guests and as its manager see it, and a guest's session there."""

from datetime import datetime
from uuid import UUID

from application.views.table import TableView
from application.views.view import View
from domain.venue.settings import OpeningHours, Settings

MINUTES_PER_HOUR = 60


class VenueBrief(View, frozen=True, kw_only=True):
    id: UUID
    slug: str
    name: str
    currency: str


class SessionView(View, frozen=True, kw_only=True):
    """`token` is shown here once, and kept nowhere."""

    id: UUID
    token: str
    expires_at: datetime
    table: TableView
    venue: VenueBrief


class ClosedView(View, frozen=True, kw_only=True):
    """A session that is over."""

    id: UUID
    closed: bool = True


class OpeningHoursView(View, frozen=True, kw_only=True):
    """One span; `weekday` 0 is Monday, times `HH:MM` in the venue's own time zone.

    What closes at or before it opens runs past midnight, so the same time twice is a whole day.
    """

    weekday: int
    opens: str
    closes: str


class VenueView(View, frozen=True, kw_only=True):
    """What anybody may know of a venue. No opening hours means always open; tip presets are in percent."""

    id: UUID
    slug: str
    name: str
    currency: str
    timezone: str
    open_now: bool
    opening_hours: tuple[OpeningHoursView, ...]
    order_minimum: int
    tip_presets: tuple[int, ...]


class TaxRuleView(View, frozen=True, kw_only=True):
    name: str
    rate_ppm: int
    included: bool
    category_ids: tuple[UUID, ...]
    on_service_charge: bool


class ServiceChargeView(View, frozen=True, kw_only=True):
    name: str
    rate_ppm: int
    from_subtotal: int


class SettingsView(View, frozen=True, kw_only=True):
    name: str
    currency: str
    timezone: str
    business_day_cutoff: str
    opening_hours: tuple[OpeningHoursView, ...]
    session_ttl_seconds: int
    order_minimum: int
    max_line_quantity: int
    max_cart_lines: int
    taxes: tuple[TaxRuleView, ...]
    service_charge: ServiceChargeView | None
    tip_presets: tuple[int, ...]
    order_expiry_seconds: int
    unknown_settle_delay_s: int
    active: bool
    version: int


def venue_brief(venue_id: UUID, slug: str, settings: Settings) -> VenueBrief:
    return VenueBrief(id=venue_id, slug=slug, name=settings.name, currency=settings.currency)


def venue_view(venue_id: UUID, slug: str, settings: Settings, *, open_now: bool) -> VenueView:
    return VenueView(
        id=venue_id,
        slug=slug,
        name=settings.name,
        currency=settings.currency,
        timezone=settings.timezone,
        open_now=open_now,
        opening_hours=_hours(settings.opening_hours),
        order_minimum=settings.order_minimum_minor,
        tip_presets=settings.tip_presets_percent,
    )


def settings_view(settings: Settings, version: int) -> SettingsView:
    charge = settings.service_charge
    return SettingsView(
        name=settings.name,
        currency=settings.currency,
        timezone=settings.timezone,
        business_day_cutoff=_time_of_day(settings.business_day_cutoff_minute),
        opening_hours=_hours(settings.opening_hours),
        session_ttl_seconds=settings.session_ttl_s,
        order_minimum=settings.order_minimum_minor,
        max_line_quantity=settings.line_quantity_max,
        max_cart_lines=settings.cart_lines_max,
        taxes=tuple(
            TaxRuleView(
                name=tax.name,
                rate_ppm=tax.rate_ppm,
                included=tax.included,
                category_ids=tax.category_ids,
                on_service_charge=tax.on_service_charge,
            )
            for tax in settings.taxes
        ),
        service_charge=None
        if charge is None
        else ServiceChargeView(name=charge.name, rate_ppm=charge.rate_ppm, from_subtotal=charge.from_subtotal_minor),
        tip_presets=settings.tip_presets_percent,
        order_expiry_seconds=settings.order_expiry_s,
        unknown_settle_delay_s=settings.unknown_settle_delay_s,
        active=settings.active,
        version=version,
    )


def _hours(spans: tuple[OpeningHours, ...]) -> tuple[OpeningHoursView, ...]:
    return tuple(
        OpeningHoursView(
            weekday=span.weekday, opens=_time_of_day(span.opens_minute), closes=_time_of_day(span.closes_minute)
        )
        for span in spans
    )


def _time_of_day(minute: int) -> str:
    """`HH:MM` of a minute since midnight; the end of a day is 24:00."""
    hours, minutes = divmod(minute, MINUTES_PER_HOUR)
    return f"{hours:02}:{minutes:02}"
