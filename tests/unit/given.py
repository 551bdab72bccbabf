"""Given what happened, when somebody wishes, then this happens, or is refused: every rule of the domain in one line.

    given(CART, *events).when(command).then(*events)
    given(CART, *events).when(command).refused(CartIsEmpty)
    given(CART, *events).state

Every expected event is compared whole, field by field.
"""

from functools import reduce
from typing import Generic, TypeVar

from domain.shared.event import Decider, Event
from domain.shared.refusals import Refusal

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Refusal)


class Outcome(Generic[S, E]):
    """What came of one wish: facts, or a reason. Nothing is checked until `then` or `refused` is called."""

    def __init__(self, state: S, events: tuple[E, ...], refusal: Refusal | None) -> None:
        """Keep the state after the wish, the facts it brought, and why it was refused (None where it was not)."""
        self.state = state
        self.events = events
        self.refusal = refusal

    def then(self, *expected: Event) -> S:
        """Exactly these events and no others; none at all means "already so". Returns the state after them."""
        if self.refusal is not None:
            raise self.refusal
        assert self.events == expected
        return self.state

    def refused(self, reason: type[R]) -> R:
        """For exactly this reason. Returns the refusal, so that its details can be looked at."""
        assert self.refusal is not None, f"was not refused, but answered {self.events}"
        if type(self.refusal) is not reason:
            raise self.refusal
        return self.refusal


class History(Generic[S, C, E]):
    """An aggregate with a past."""

    def __init__(self, decider: Decider[S, C, E], events: tuple[E, ...]) -> None:
        """Fold the past."""
        self._decider = decider
        self.state: S = reduce(decider.evolve, events, decider.initial)

    def when(self, command: C) -> Outcome[S, E]:
        """Put the wish to it."""
        try:
            events = self._decider.decide(self.state, command)
        except Refusal as refusal:
            return Outcome(self.state, (), refusal)
        return Outcome(reduce(self._decider.evolve, events, self.state), events, None)


def given(decider: Decider[S, C, E], *events: E) -> History[S, C, E]:
    """Begin with a past; none at all is a fresh start."""
    return History(decider, events)
