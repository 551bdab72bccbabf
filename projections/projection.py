"""A projection turns each venue's events into rows that are quick to read.

One file is one read model: its schema, its rows, its queries and how an event changes them. What runs it (claims,
bookmarks, batches, parking) is infrastructure's; a projection only says what follows from what happened.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

from application.ports import Recorded

Cursor = AsyncCursor[Any]
"""An open cursor whose search path finds the projection's own tables first."""

Apply = Callable[[Cursor, UUID, Sequence[Recorded]], Awaitable[None]]
"""`apply(cursor, venue_id, batch)`"""


class Projection(Struct, frozen=True, kw_only=True):
    """One read model at one version.

    `schema` creates its tables, by unqualified names; they live in the database schema that `home` names.
    `tables` are those that readers see, as views `{name}_{table}` of the version that is live.
    `apply` takes a run of one venue's events, in order and without a gap: every event that there is, whether it means
    something here or not. Its changes and the bookmark are committed together, so it sees each event exactly once.
    """

    name: str
    version: int
    tables: tuple[str, ...]
    schema: str
    apply: Apply

    @property
    def home(self) -> str:
        """The database schema of its tables, and its bookmark's name: `kitchen_board_v1`."""
        return f"{self.name}_v{self.version}"
