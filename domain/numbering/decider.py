"""Handing out order numbers: a block at a time, never the same number twice."""

from typing import Final, assert_never

from domain.numbering.commands import ReserveNumbers
from domain.numbering.events import NumbersReserved
from domain.numbering.state import Numbering
from domain.shared.event import Decider
from domain.shared.refusals import ValidationFailed

BLOCK_MAX: Final = 1000
"""The most numbers that one block may have: what is not used stays a gap."""


def decide(numbering: Numbering, command: ReserveNumbers) -> tuple[NumbersReserved, ...]:
    """Set the next block aside. Refused: ValidationFailed for a block of less than 1 or more than BLOCK_MAX."""
    match command:
        case ReserveNumbers(count=count):
            if not 1 <= count <= BLOCK_MAX:
                raise ValidationFailed(f"count must be from 1 to {BLOCK_MAX}.", field="count")
            return (NumbersReserved(first=numbering.next_number, count=count),)
        case _:
            assert_never(command)


def evolve(numbering: Numbering, event: NumbersReserved) -> Numbering:
    """Take the numbers one block further; they never go back."""
    match event:
        case NumbersReserved(first=first, count=count):
            return Numbering(next_number=max(numbering.next_number, first + count))
        case _:
            assert_never(event)


NUMBERING: Final = Decider(
    name="numbering", initial=Numbering(), decide=decide, evolve=evolve, events=(NumbersReserved,)
)
