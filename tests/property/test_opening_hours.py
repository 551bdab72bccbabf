"""Whether a venue is open, against a week drawn minute by minute on a long strip of paper."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.venue.calendar import is_open
from domain.venue.settings import OpeningHours, Settings
from tests.fixtures.strategies import opening_hours

DAY = 24 * 60
WEEK = 7 * DAY
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)


@given(spans=opening_hours(), anywhere=st.integers(0, WEEK - 1))
def test_a_venue_is_open_in_just_the_minutes_that_its_spans_cover(
    spans: tuple[OpeningHours, ...], anywhere: int
) -> None:
    settings = Settings(name="Conch House", currency="BSD", opening_hours=spans)
    strip, edges = set(), {anywhere}
    for span in spans:
        begins = span.weekday * DAY + span.opens_minute
        lasts = (span.closes_minute - span.opens_minute) % DAY or DAY
        strip |= {minute % WEEK for minute in range(begins, begins + lasts)}
        edges |= {(edge + off) % WEEK for edge in (begins, begins + lasts) for off in (-1, 0)}
    for minute in edges:
        assert is_open(settings, MONDAY + timedelta(minutes=minute)) is (not spans or minute in strip)
