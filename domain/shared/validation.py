"""Checks of values that can never be right, whatever the state. All faults are found, the first one speaks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from domain.shared.money import AMOUNT_MAX
from domain.shared.refusals import ValidationFailed

NAME_LENGTH_MAX: Final = 200
"""The longest name of anything, in characters."""


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong with one field, by its name on the wire; `message` is a sentence that names it too."""

    field: str
    message: str


def text(field: str, value: str, *, length_max: int = NAME_LENGTH_MAX) -> Iterator[Fault]:
    """Something must be said, and not too much of it."""
    if not value.strip():
        yield Fault(field=field, message=f"{field} must not be empty.")
    elif len(value) > length_max:
        yield Fault(field=field, message=f"{field} must be at most {length_max} characters long.")


def within(field: str, value: int, *, least: int = 0, most: int = AMOUNT_MAX) -> Iterator[Fault]:
    """A number in its bounds, both of them allowed."""
    if not least <= value <= most:
        yield Fault(field=field, message=f"{field} must be between {least} and {most}.")


def few(field: str, values: Sequence[object], *, most: int) -> Iterator[Fault]:
    """A list that somebody can still read."""
    if len(values) > most:
        yield Fault(field=field, message=f"{field} must have at most {most} entries.")


def distinct(field: str, values: Sequence[object]) -> Iterator[Fault]:
    """A list in which nothing stands twice."""
    if len(set(values)) < len(values):
        yield Fault(field=field, message=f"{field} must not name anything twice.")


def require_none(faults: Iterable[Fault]) -> None:
    """Refuse with ValidationFailed where there are faults: `field` is the first one's, `errors` has them all."""
    found = tuple(faults)
    if found:
        errors = [{"field": fault.field, "message": fault.message} for fault in found]
        raise ValidationFailed(found[0].message, field=found[0].field, errors=errors)
