"""A day's order numbers as their history leaves them."""

from msgspec import Struct


class Numbering(Struct, frozen=True, kw_only=True):
    """`next_number` is the first that nobody has."""

    next_number: int = 1
