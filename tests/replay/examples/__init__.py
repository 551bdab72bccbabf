"""One event or more of every kind, written out by hand: what each golden file must be read as.

`ALL` has what is written today. `OLD_SHAPES` has what was written once, under tags that only the upcasters still know.
"""

from typing import Final

from domain.shared.event import Event
from tests.replay.examples import bill, cart, menu, order, people, venue
from tests.replay.examples.example import Example

ALL: Final[tuple[Example, ...]] = (
    *venue.EXAMPLES,
    *menu.EXAMPLES,
    *cart.EXAMPLES,
    *order.EXAMPLES,
    *bill.EXAMPLES,
    *people.EXAMPLES,
)

OLD_SHAPES: Final[dict[str, Event]] = {**people.OLD_SHAPES}
"""File name → what it reads as today."""
