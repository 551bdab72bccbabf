"""The clock on the venue's wall: business days and opening hours, also on the nights when that clock jumps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.venue.calendar import business_day, is_open
from domain.venue.settings import OpeningHours, Settings

MONDAY, FRIDAY, SUNDAY = 0, 4, 6


def venue(timezone: str = "UTC", cutoff: str = "04:00", *spans: OpeningHours, active: bool = True) -> Settings:
    hours, minutes = cutoff.split(":")
    return Settings(
        name="Conch House",
        currency="BSD",
        timezone=timezone,
        business_day_cutoff_minute=60 * int(hours) + int(minutes),
        opening_hours=spans,
        active=active,
    )


def span(weekday: int, opens: int, closes: int) -> OpeningHours:
    """Opening hours in whole hours."""
    return OpeningHours(weekday=weekday, opens_minute=60 * opens, closes_minute=60 * closes)


def test_the_small_hours_belong_to_the_day_before() -> None:
    settings = venue("UTC", "04:00")
    assert business_day(settings, datetime(2025, 7, 2, 3, 59, 59, tzinfo=UTC)) == date(2025, 7, 1)
    assert business_day(settings, datetime(2025, 7, 2, 4, 0, tzinfo=UTC)) == date(2025, 7, 2)


def test_with_a_cutoff_at_midnight_the_business_day_is_the_calendars() -> None:
    settings = venue("UTC", "00:00")
    assert business_day(settings, datetime(2025, 7, 1, 23, 59, 59, tzinfo=UTC)) == date(2025, 7, 1)
    assert business_day(settings, datetime(2025, 7, 2, tzinfo=UTC)) == date(2025, 7, 2)


@pytest.mark.parametrize(
    ("timezone", "day"),
    [("America/Nassau", date(2025, 7, 1)), ("Asia/Tokyo", date(2025, 7, 2)), ("Pacific/Kiritimati", date(2025, 7, 2))],
)
def test_the_business_day_is_the_venues_and_not_greenwichs(timezone: str, day: date) -> None:
    assert business_day(venue(timezone), datetime(2025, 7, 2, 1, tzinfo=UTC)) == day


def test_a_business_day_has_23_hours_in_spring_and_25_in_autumn() -> None:
    settings = venue("America/Nassau", "04:00")
    for first_hour, day, hours in (
        (datetime(2025, 3, 8, 9, tzinfo=UTC), date(2025, 3, 8), 23),
        (datetime(2025, 11, 1, 8, tzinfo=UTC), date(2025, 11, 1), 25),
    ):
        seen = [business_day(settings, first_hour + timedelta(hours=hour)) for hour in range(-1, 30)]
        assert seen.count(day) == hours


def test_a_cutoff_that_the_clock_shows_twice_counts_the_first_time() -> None:
    settings = venue("America/Nassau", "01:30")  # On 2 November 2025 the clock goes from 02:00 back to 01:00.
    first_time = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
    assert business_day(settings, first_time - timedelta(seconds=1)) == date(2025, 11, 1)
    assert business_day(settings, first_time) == date(2025, 11, 2)
    assert business_day(settings, first_time + timedelta(minutes=40)) == date(2025, 11, 2)  # 01:10 again


def test_a_cutoff_that_the_clock_skips_still_begins_a_day() -> None:
    settings = venue("America/Nassau", "02:30")  # On 9 March 2025 the clock goes from 02:00 on to 03:00.
    assert business_day(settings, datetime(2025, 3, 9, 6, 59, tzinfo=UTC)) == date(2025, 3, 8)
    assert business_day(settings, datetime(2025, 3, 9, 7, 30, tzinfo=UTC)) == date(2025, 3, 9)


def test_a_day_that_a_country_skips_is_skipped() -> None:
    settings = venue("Pacific/Apia", "04:00")  # Samoa had no 30 December 2011.
    assert business_day(settings, datetime(2011, 12, 30, 13, 59, tzinfo=UTC)) == date(2011, 12, 29)
    assert business_day(settings, datetime(2011, 12, 30, 14, 0, tzinfo=UTC)) == date(2011, 12, 31)


zones = st.sampled_from(
    ["America/Nassau", "Europe/London", "Australia/Lord_Howe", "America/Asuncion", "America/Havana", "Pacific/Apia"]
)
cutoffs = st.integers(0, 1439).map(lambda minute: f"{minute // 60}:{minute % 60:02}")
moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by rule


@given(timezone=zones, cutoff=cutoffs, moment=moments, seconds=st.integers(0, 200_000))
def test_a_business_day_once_over_never_comes_back(timezone: str, cutoff: str, moment: datetime, seconds: int) -> None:
    settings = venue(timezone, cutoff)
    assert business_day(settings, moment) <= business_day(settings, moment + timedelta(seconds=seconds))


def test_a_venue_without_opening_hours_is_always_open() -> None:
    assert is_open(venue(), datetime(2025, 7, 1, 3, tzinfo=UTC))


def test_an_inactive_venue_is_never_open() -> None:
    assert not is_open(venue(active=False), datetime(2025, 7, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "hour", "minute", "is_it"),
    [(7, 11, 59, False), (7, 12, 0, True), (7, 21, 59, True), (7, 22, 0, False), (8, 13, 0, False)],
)
def test_a_venue_is_open_from_the_minute_it_opens_to_the_minute_before_it_closes(
    day: int, hour: int, minute: int, *, is_it: bool
) -> None:
    settings = venue("UTC", "04:00", span(MONDAY, 12, 22))
    assert is_open(settings, datetime(2025, 7, day, hour, minute, 59, tzinfo=UTC)) is is_it


def test_hours_past_midnight_belong_to_the_evening_that_they_end() -> None:
    settings = venue("UTC", "04:00", span(FRIDAY, 18, 2))
    friday = datetime(2025, 7, 4, tzinfo=UTC)
    assert not is_open(settings, friday + timedelta(hours=1))
    assert is_open(settings, friday + timedelta(hours=18))
    assert is_open(settings, friday + timedelta(hours=25))
    assert not is_open(settings, friday + timedelta(hours=26))


def test_a_sunday_evening_runs_into_monday() -> None:
    settings = venue("UTC", "04:00", span(SUNDAY, 20, 1))
    assert is_open(settings, datetime(2025, 7, 7, 0, 30, tzinfo=UTC))


@pytest.mark.parametrize("closes", [0, 24])
def test_from_midnight_to_midnight_is_one_whole_day(closes: int) -> None:
    settings = venue("UTC", "04:00", span(MONDAY, 0, closes))
    monday = datetime(2025, 7, 7, tzinfo=UTC)
    seen = [is_open(settings, monday + timedelta(hours=hour)) for hour in range(-24, 48)]
    assert seen == [False] * 24 + [True] * 24 + [False] * 24


def test_opening_hours_are_read_off_the_wall_in_summer_and_winter() -> None:
    settings = venue("America/Nassau", "04:00", *(span(day, 9, 10) for day in range(7)))
    assert is_open(settings, datetime(2025, 7, 1, 13, 30, tzinfo=UTC))
    assert not is_open(settings, datetime(2025, 1, 1, 13, 30, tzinfo=UTC))
    assert is_open(settings, datetime(2025, 1, 1, 14, 30, tzinfo=UTC))
