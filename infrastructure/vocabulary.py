"""Every fact that a ledger may hold, so that each can be read again by its tag."""

from typing import Final

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

EVENT_TYPES: Final[tuple[type[Event], ...]] = (
    *VENUE.events,
    *FLOOR.events,
    *MENU.events,
    *SESSION.events,
    *CART.events,
    *ORDER.events,
    *BILL.events,
    *NUMBERING.events,
    *ROSTER.events,
    *ACCOUNT.events,
)
