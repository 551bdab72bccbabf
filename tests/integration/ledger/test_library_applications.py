"""Whatever is written for the eventsourcing library runs on a venue's ledger, unchanged."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application, EventSourcedLog
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import ApplicationRecorder, DataError, IntegrityError, StoredEvent, Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import Environment

from infrastructure.ledger.library import Factory
from infrastructure.ledger.library.recorders import LedgerTrackingRecorder
from infrastructure.ledger.recorder import PostgresLedger
from tests.integration.ledger.conftest import Database
from tests.integration.ledger.test_library_cases import an_environment


class Guestbook(Aggregate):
    """A guest book as the library's own examples would write it."""

    class Signed(Aggregate.Event):
        name: str

    @event("Opened")
    def __init__(self) -> None:
        self.names: list[str] = []

    @event(Signed)
    def sign(self, name: str) -> None:
        self.names.append(name)


class Guestbooks(Application[UUID]):
    snapshotting_intervals = {Guestbook: 5}  # noqa: RUF012 - the library reads it from the class

    def open_book(self) -> UUID:
        book = Guestbook()
        self.save(book)
        return book.id

    def sign(self, book_id: UUID, name: str) -> int:
        book: Guestbook = self.repository.get(book_id)
        book.sign(name)
        return self.save(book)[-1].notification.id


class Signatures(LedgerTrackingRecorder):
    """A view that only counts."""

    counted = 0


class CountSignatures(Projection[Signatures]):
    name = "signatures"

    def process_event(self, domain_event: object, tracking: Tracking) -> None:
        self.view.counted += isinstance(domain_event, Guestbook.Signed)
        self.view.insert_tracking(tracking)


@pytest.fixture
def environment(database: Database, venue_id: UUID) -> Environment:
    return an_environment(database, venue_id)


@pytest.fixture
def recorder(environment: Environment) -> Iterator[ApplicationRecorder]:
    with Factory(environment) as factory:
        yield factory.application_recorder()


@pytest.fixture
def app(environment: Environment) -> Iterator[Guestbooks]:
    with Guestbooks(environment) as app:
        yield app


async def test_a_stock_application_keeps_its_history_in_the_ledger(
    app: Guestbooks, ledger: PostgresLedger, venue_id: UUID
) -> None:
    book_id = app.open_book()
    for name in ("Ada", "Grace", "Barbara", "Frances", "Jean", "Kay"):
        app.sign(book_id, name)
    book: Guestbook = app.repository.get(book_id)
    assert book.names == ["Ada", "Grace", "Barbara", "Frances", "Jean", "Kay"]
    assert [entry.position for entry in await ledger.entries(venue_id)] == list(range(1, 8))
    assert {entry.actor for entry in await ledger.entries(venue_id)} == {"system:guestbooks"}
    assert (await ledger.verify(venue_id)).valid
    assert app.snapshots is not None
    assert [snapshot.originator_version for snapshot in app.snapshots.get(book_id)] == [5]


def test_two_that_saved_the_same_aggregate_conflict(app: Guestbooks) -> None:
    book_id = app.open_book()
    first: Guestbook = app.repository.get(book_id)
    second: Guestbook = app.repository.get(book_id)
    first.sign("Ada")
    second.sign("Grace")
    app.save(first)
    with pytest.raises(IntegrityError):
        app.save(second)


def test_a_stock_projection_runner_follows(environment: Environment) -> None:
    with ProjectionRunner(
        application_class=Guestbooks, projection_class=CountSignatures, view_class=Signatures, env=environment
    ) as runner:
        book_id = runner.app.open_book()
        last = max(runner.app.sign(book_id, f"guest {n}") for n in range(20))
        runner.wait(last, timeout=10)
        assert runner.projection.view.counted == 20
        assert runner.projection.view.max_tracking_id("Guestbooks") == last


def test_a_log_that_begins_at_version_one_runs_too(environment: Environment) -> None:
    with Application[UUID](environment) as app:
        log: EventSourcedLog[Guestbook.Signed] = EventSourcedLog(app.events, uuid4(), Guestbook.Signed)
        for name in ("Ada", "Grace"):
            app.save(log.trigger_event(name=name))
        assert [signed.name for signed in log.get()] == ["Ada", "Grace"]


def test_a_rare_topic_is_found_beyond_many_others(recorder: ApplicationRecorder) -> None:
    stream = uuid4()
    recorder.insert_events([StoredEvent(stream, n, "common", b"") for n in range(1200)])
    with recorder.subscribe(topics=["rare"]) as subscription:
        recorder.insert_events([StoredEvent(stream, 1200, "rare", b"")])
        assert next(subscription).id == 1201
        recorder.insert_events([StoredEvent(stream, 1201, "common", b""), StoredEvent(stream, 1202, "rare", b"")])
        assert next(subscription).id == 1203


def test_a_gap_within_a_batch_is_refused(recorder: ApplicationRecorder) -> None:
    stream = uuid4()
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent(stream, 0, "topic", b""), StoredEvent(stream, 2, "topic", b"")])
    assert recorder.max_notification_id() is None


def test_events_of_several_streams_keep_their_order(recorder: ApplicationRecorder) -> None:
    one, two = uuid4(), uuid4()
    order = [(one, 1), (two, 0), (one, 2), (two, 1)]
    recorder.insert_events([StoredEvent(stream, version, "topic", b"") for stream, version in order])
    found = recorder.select_notifications(start=None, limit=10)
    assert [(item.originator_id, item.originator_version) for item in found] == order


def test_a_stream_named_by_text_is_refused(recorder: ApplicationRecorder) -> None:
    with pytest.raises(DataError):
        recorder.insert_events([StoredEvent("text", 1, "topic", b"")])


@pytest.mark.parametrize("missing", ["DATABASE_URL", "LEDGER_VENUE_ID"])
def test_a_variable_that_is_missing_is_named(environment: Environment, missing: str) -> None:
    del environment[missing]
    with pytest.raises(OSError, match=missing):
        Factory(environment)
