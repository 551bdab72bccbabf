"""What can have happened to a day's order numbers."""

from domain.shared.event import Event


class NumbersReserved(Event, frozen=True, kw_only=True, tag="numbering.reserved.v1"):
    """The numbers `first` … `first + count − 1` belong to whoever asked. Unused ones stay gaps."""

    first: int
    count: int
