"""The library's recorders over a venue's ledger. They add no rule: what they may write, `ledger_append` decides."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)

from infrastructure.ledger import statements
from infrastructure.ledger.library.shelf import Shelf
from infrastructure.ledger.library.subscription import LedgerSubscription


class LedgerAggregateRecorder(AggregateRecorder):
    """Keeps snapshots: beside the ledger, not in it, since a snapshot is no fact."""

    def __init__(self, shelf: Shelf, purpose: str) -> None:
        """`purpose` tells apart what one application keeps for different ends."""
        self._shelf = shelf
        self._purpose = f"{shelf.name}:{purpose}"

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401, ARG002 - the library's signature
        """All or nothing. Always returns None, as what is beside the ledger has no position."""
        if stored_events:
            self._shelf.write_snapshots(self._purpose, stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The kept states of one aggregate by version."""
        query = statements.SNAPSHOTS_BACKWARDS if desc else statements.SNAPSHOTS
        parameters = (self._shelf.venue_id, self._purpose, originator_id, gt, lte, limit)
        return [StoredEvent(*row) for row in self._shelf.rows(query, parameters)]


class LedgerApplicationRecorder(ApplicationRecorder):
    """The venue's ledger as an application sequence: a notification's id is its position."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401, ARG002 - the library's signature
        """Append all or nothing; return the positions. Raises IntegrityError where a stream has moved on."""
        return self._shelf.append(stored_events) if stored_events else []

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """One stream's events by version."""
        query = statements.STREAM_BACKWARDS if desc else statements.STREAM
        parameters = (self._shelf.venue_id, originator_id, gt, lte, limit)
        return [StoredEvent(*row) for row in self._shelf.rows(query, parameters)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The ledger's events by position."""
        after = None if start is None else start - inclusive_of_start
        parameters = (self._shelf.venue_id, after, stop, list(topics) or None, limit)
        return [Notification(*row) for row in self._shelf.rows(statements.NOTIFICATIONS, parameters)]

    def max_notification_id(self) -> int | None:
        """The last position; None where nothing happened yet."""
        rows = self._shelf.rows(statements.HEAD, (self._shelf.venue_id,))
        return (rows[0][0] or None) if rows else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """The ledger's events beyond `gt` as they come, each once and in order."""
        return LedgerSubscription(self, gt=gt, topics=topics)


class LedgerTrackingRecorder(TrackingRecorder):
    """How far an application has read others: bookmarks, which only move forward."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def insert_tracking(self, tracking: Tracking) -> None:
        """Move the bookmark. Raises IntegrityError where that is not forward."""
        self._shelf.append([], tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """How far the named application was read; None where it never was."""
        name = self._shelf.bookmark_name(application_name)
        rows = self._shelf.rows(statements.BOOKMARK, (self._shelf.venue_id, name))
        return int(rows[0][0]) if rows else None


class LedgerProcessRecorder(LedgerTrackingRecorder, LedgerApplicationRecorder, ProcessRecorder):
    """Events and the bookmark that they follow from, committed together."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401 - the library's signature
        """As of an application recorder; `tracking` (a Tracking) moves the bookmark in the same transaction."""
        tracking: Tracking | None = kwargs.get("tracking")
        if not stored_events and tracking is None:
            return []
        return self._shelf.append(stored_events, tracking)
