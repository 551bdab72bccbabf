"""The one wish about order numbers."""

from domain.shared.event import Command


class ReserveNumbers(Command, frozen=True, kw_only=True):
    """Set `count` numbers aside."""

    count: int
