"""The eventsourcing library's own recorder cases, each of them, against a ledger of their own.

They do not notice lost events (they pass with the library's lossy mode, too): test_tail_reader.py does.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    ProcessRecorder,
    StoredEvent,
    TrackingRecorder,
)
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    InfrastructureFactoryTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)
from eventsourcing.utils import Environment

from infrastructure.ledger.library import Factory
from infrastructure.ledger.library.recorders import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
    LedgerTrackingRecorder,
)
from tests.integration.ledger.conftest import Database

EVENTS_PER_APPEND = 1000


class SpecialTrackingRecorder(LedgerTrackingRecorder):
    """What an application would derive to keep a view beside its tracking."""


class OnALedger:
    """Gives each case a fresh venue, whose ledger is empty."""

    env: Environment
    factory: Factory

    @pytest.fixture(autouse=True)
    def _a_fresh_venue(self, database: Database) -> Iterator[None]:
        self.env = an_environment(database, uuid4())
        made = Factory(self.env)
        self.factory = made
        yield
        made.close()


def an_environment(database: Database, venue_id: UUID, name: str = "") -> Environment:
    return Environment(
        name,
        {
            "PERSISTENCE_MODULE": "infrastructure.ledger.library:Factory",
            "DATABASE_URL": database.dsn,
            "LEDGER_VENUE_ID": str(venue_id),
        },
    )


class TestAggregateRecorder(OnALedger, AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.factory.aggregate_recorder(purpose="snapshots")


class TestApplicationRecorder(OnALedger, ApplicationRecorderTestCase[ApplicationRecorder]):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()

    def test_a_thousand_events_go_into_one_append(self) -> None:
        recorder = self.create_recorder()
        stream = uuid4()
        events = [StoredEvent(stream, version, "topic", b"state") for version in range(EVENTS_PER_APPEND)]
        positions = recorder.insert_events(events)
        assert positions is not None
        assert list(positions) == list(range(1, EVENTS_PER_APPEND + 1))
        assert recorder.select_events(stream) == events


class TestTrackingRecorder(OnALedger, TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.factory.tracking_recorder()


class TestProcessRecorder(OnALedger, ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return self.factory.process_recorder()


class TestNonInterleaving(OnALedger, NonInterleavingNotificationIDsBaseCase):
    insert_num = EVENTS_PER_APPEND

    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()


class TestFactory(OnALedger, InfrastructureFactoryTestCase[Any]):
    def expected_factory_class(self) -> type[Factory]:
        return Factory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return LedgerAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return LedgerApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return LedgerTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return SpecialTrackingRecorder

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return LedgerProcessRecorder
