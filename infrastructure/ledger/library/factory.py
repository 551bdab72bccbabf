"""What the library asks for its recorders.

Configured by the environment, prefixed with the application's name or not, as the library has it:

    PERSISTENCE_MODULE=infrastructure.ledger.library:Factory
    DATABASE_URL=…          the database, migrated already
    LEDGER_VENUE_ID=…       the UUID of the venue whose ledger it is

Tables are made by `comanda migrate`, never here.
"""

from types import TracebackType
from typing import TypeVar
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic

from infrastructure.ledger.library.recorders import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
    LedgerTrackingRecorder,
)
from infrastructure.ledger.library.shelf import Shelf
from infrastructure.ledger.pool import Limits

T = TypeVar("T")


class Factory(InfrastructureFactory[LedgerTrackingRecorder]):
    """Makes the library's recorders on one venue's ledger; they share one pool, which `close` closes."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        """Raises OSError, as the library's own factories do, for a variable that is missing or wrong."""
        super().__init__(env)
        dsn = self.env.get("DATABASE_URL")
        if not dsn:
            raise OSError("DATABASE_URL is not set; it says which database the ledger is in.")
        try:
            venue_id = UUID(self.env.get("LEDGER_VENUE_ID") or "")
        except ValueError:
            raise OSError("LEDGER_VENUE_ID is not a UUID; it says whose ledger this is.") from None
        self.shelf = Shelf(dsn, venue_id, name=self.env.name.lower() or "application", limits=Limits())

    def close(self) -> None:
        self.shelf.close()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        super().__exit__(exc_type, exc_val, exc_tb)
        self.close()

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        return LedgerAggregateRecorder(self.shelf, purpose)

    def application_recorder(self) -> ApplicationRecorder:
        return self._class(self.APPLICATION_RECORDER_TOPIC, LedgerApplicationRecorder)(self.shelf)

    def tracking_recorder(
        self, tracking_recorder_class: type[LedgerTrackingRecorder] | None = None
    ) -> LedgerTrackingRecorder:
        chosen = tracking_recorder_class or self._class(self.TRACKING_RECORDER_TOPIC, LedgerTrackingRecorder)
        return chosen(self.shelf)

    def process_recorder(self) -> ProcessRecorder:
        return self._class(self.PROCESS_RECORDER_TOPIC, LedgerProcessRecorder)(self.shelf)

    def _class(self, variable: str, ours: type[T]) -> type[T]:
        """The class that the environment names for this, or ours."""
        topic = self.env.get(variable)
        chosen: type[T] = resolve_topic(topic) if topic else ours
        if not issubclass(chosen, ours):
            raise TypeError(f"{variable} names {chosen.__name__}, which is no {ours.__name__}.")
        return chosen
