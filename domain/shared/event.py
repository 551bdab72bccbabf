"""An event is a fact: past tense, complete, never changed. A command is a wish: imperative, refusable."""

from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct


class Event(Struct, frozen=True, kw_only=True):
    """A business fact. Its `tag` (`order.placed.v1`) is its name for ever.

    The envelope (stream, version, position, time, actor, request id, cause) is the ledger's, never the event's.
    Fields with defaults may be added later; anything else is a new tag and an upcaster.
    """


class Command(Struct, frozen=True, kw_only=True):
    """A wish put to one aggregate. Time, ids and prices come in with it."""


S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)


class Decider(Struct, Generic[S, C, E], frozen=True, kw_only=True):
    """An aggregate as three pure parts.

    `decide` alone refuses (by raising a `Refusal`); `()` means "already so". `evolve` never judges, so that a rule
    tightened today cannot make yesterday unreadable.
    """

    name: str
    initial: S
    decide: Callable[[S, C], tuple[E, ...]]
    evolve: Callable[[S, E], S]
    events: tuple[type[E], ...]
