"""Of venues, their floors, their guests' sessions and their order numbers."""

from datetime import UTC, datetime
from typing import Final

from domain.floor.events import TableAdded, TableChanged, TableCodeRotated
from domain.numbering.events import NumbersReserved
from domain.pricing.rules import ServiceCharge, TaxRule
from domain.session.events import SessionClosed, SessionOpened
from domain.venue.events import SettingsChanged, VenueOpened
from domain.venue.settings import OpeningHours, Settings
from tests.replay.examples.example import GUEST, STARTERS, TABLE, Example

VAT: Final = TaxRule(name="VAT", rate_ppm=100_000, included=True, category_ids=(STARTERS,), on_service_charge=True)
SERVICE: Final = ServiceCharge(name="Service", rate_ppm=150_000, from_subtotal_minor=2_000)
EVENINGS: Final = (OpeningHours(weekday=4, opens_minute=1_020, closes_minute=120),)

EXAMPLES: Final = (
    Example(
        event=VenueOpened(
            slug="conch-house",
            settings=Settings(
                name="Conch House",
                currency="BSD",
                timezone="America/Nassau",
                business_day_cutoff_minute=300,
                opening_hours=EVENINGS,
                session_ttl_s=7_200,
                order_minimum_minor=500,
                line_quantity_max=20,
                cart_lines_max=30,
                taxes=(VAT,),
                service_charge=SERVICE,
                tip_presets_percent=(12, 18),
                order_expiry_s=900,
                unknown_settle_delay_s=0,
                active=False,
            ),
        )
    ),
    Example(variant="least", event=VenueOpened(slug="blue-hole", settings=Settings(name="Blue Hole", currency="USD"))),
    Example(
        event=SettingsChanged(
            name="The Conch House",
            timezone="America/Nassau",
            business_day_cutoff_minute=0,
            opening_hours=EVENINGS,
            session_ttl_s=1,
            order_minimum_minor=1_000_000_000,
            line_quantity_max=99,
            cart_lines_max=50,
            taxes=(VAT,),
            service_charge=SERVICE,
            tip_presets_percent=(),
            order_expiry_s=3_600,
            unknown_settle_delay_s=60,
            active=True,
        )
    ),
    Example(variant="least", event=SettingsChanged(service_charge=None)),
    Example(variant="name", event=SettingsChanged(name="Conch & Co.")),
    Example(event=TableAdded(table_id=TABLE, code="T1", name="Table 1")),
    Example(event=TableChanged(table_id=TABLE, name="By the window", active=False)),
    Example(variant="least", event=TableChanged(table_id=TABLE, active=True)),
    Example(variant="name", event=TableChanged(table_id=TABLE, name="Bar")),
    Example(event=TableCodeRotated(table_id=TABLE, code="K7QX2M")),
    Example(
        event=SessionOpened(
            session_id=GUEST,
            table_id=TABLE,
            table_code="T1",
            token_hash=bytes(range(32)),
            opened_at=datetime(2026, 3, 14, 23, 30, 0, 123_456, tzinfo=UTC),
            expires_at=datetime(2026, 3, 15, 3, 30, 0, 123_456, tzinfo=UTC),
        )
    ),
    Example(event=SessionClosed(session_id=GUEST)),
    Example(event=NumbersReserved(first=21, count=20)),
)
