"""What time it is for a venue: its business day, and whether it is open. The time-zone database counts as known.

Both follow the clock on the venue's wall, and both are right on the two days of the year when that clock jumps.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.venue.settings import OpeningHours, Settings

DAY: Final = timedelta(days=1)
WEEKDAYS: Final = 7


def business_day(settings: Settings, at: datetime) -> date:
    """The day to whose takings the moment belongs: the last one whose cut-off came at or before it.

    A cut-off that the clock shows twice is its first time; one that it skips is as long after the jump as it lies
    within it. So a business day, once over, never comes back.
    """
    day = at.astimezone(ZoneInfo(settings.timezone)).date()
    while at < _beginning(settings, day):
        day -= DAY
    return day


def is_open(settings: Settings, at: datetime) -> bool:
    """Whether guests can order at that moment. No opening hours means always, unless the venue is inactive."""
    if not settings.active:
        return False
    local = at.astimezone(ZoneInfo(settings.timezone))
    minute = local.hour * 60 + local.minute
    return not settings.opening_hours or any(_covers(span, local.weekday(), minute) for span in settings.opening_hours)


def _beginning(settings: Settings, day: date) -> datetime:
    hour, minute = divmod(settings.business_day_cutoff_minute, 60)
    return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(settings.timezone))


def _covers(span: OpeningHours, weekday: int, minute: int) -> bool:
    """Whether the span has that minute of that weekday; one that runs past midnight has two parts."""
    if span.opens_minute < span.closes_minute:
        return weekday == span.weekday and span.opens_minute <= minute < span.closes_minute
    evening = weekday == span.weekday and span.opens_minute <= minute
    morning = weekday == (span.weekday + 1) % WEEKDAYS and minute < span.closes_minute
    return evening or morning
