"""What the examples are made of: an event, the file it is kept in, and people and things with names."""

from typing import Final
from uuid import UUID

from msgspec import Struct

from domain.shared.event import Event
from domain.shared.sealed import Sealed


class Example(Struct, frozen=True, kw_only=True):
    """An event as it may be stored. `variant` tells it from others of its kind: `least` has no optional fields."""

    event: Event
    variant: str = ""

    @property
    def tag(self) -> str:
        """The event's name."""
        return str(type(self.event).__struct_config__.tag)

    @property
    def file(self) -> str:
        """Where its bytes are kept."""
        return f"{self.tag}.{self.variant}.json" if self.variant else f"{self.tag}.json"


def the(number: int) -> UUID:
    """The id of one thing among the examples."""
    return UUID(int=number, version=4)


VENUE: Final = the(1)
TABLE: Final = the(2)
GUEST: Final = the(3)
CART: Final = the(4)
ORDER: Final = the(5)
PAYMENT: Final = the(6)
REFUND: Final = the(7)
ANNA: Final = the(8)
LOGIN: Final = the(9)
STARTERS: Final = the(10)
FRITTERS: Final = the(11)
SAUCES: Final = the(12)
PEPPER: Final = the(13)
RUM: Final = the(14)
LINE: Final = the(15)
OTHER_LINE: Final = the(16)

WORDS: Final = Sealed(subject=GUEST, box=bytes(range(40)))
"""Something a guest said. Nobody has the key."""

ANNAS_WORDS: Final = Sealed(subject=ANNA, box=bytes(range(40, 80)))
"""Something about a member of staff."""
