"""Every fact that a ledger may hold, so that each can be read again by its tag."""

from typing import Final

from application.memory import AnyDecider
from domain.account.decider import ACCOUNT
from domain.bill.decider import BILL
from domain.cart.decider import CART
from domain.floor.decider import FLOOR
from domain.menu.decider import MENU
from domain.numbering.decider import NUMBERING
from domain.order.decider import ORDER
from domain.roster.decider import ROSTER
from domain.session.decider import SESSION
from domain.shared.event import Event
from domain.venue.decider import VENUE

DECIDERS: Final[tuple[AnyDecider, ...]] = (
    VENUE,
    FLOOR,
    MENU,
    SESSION,
    CART,
    ORDER,
    BILL,
    NUMBERING,
    ROSTER,
    ACCOUNT,
)
"""Every aggregate."""

EVENT_TYPES: Final[tuple[type[Event], ...]] = tuple(event for decider in DECIDERS for event in decider.events)


def decider_of(event: Event) -> AnyDecider:
    """The aggregate that the event belongs to. LookupError for one that is not of this vocabulary."""
    for decider in DECIDERS:
        if type(event) in decider.events:
            return decider
    raise LookupError(f"{type(event).__name__} belongs to no aggregate.")
