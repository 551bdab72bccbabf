"""Where in a venue's ledger everything lives, as the use cases open it."""

from typing import Protocol, TypeVar
from uuid import UUID

from application.reading import Opened
from domain.account.commands import AccountCommand
from domain.account.decider import ACCOUNT
from domain.account.events import AccountEvent
from domain.account.state import Account
from domain.bill.commands import BillCommand
from domain.bill.decider import BILL
from domain.bill.events import BillEvent
from domain.bill.state import Bill
from domain.cart.commands import CartCommand
from domain.cart.decider import CART
from domain.cart.events import CartEvent
from domain.cart.state import Cart
from domain.floor.commands import FloorCommand
from domain.floor.decider import FLOOR
from domain.floor.events import FloorEvent
from domain.floor.state import Floor
from domain.menu.commands import MenuCommand
from domain.menu.decider import MENU
from domain.menu.events import MenuEvent
from domain.menu.state import Menu
from domain.order.commands import OrderCommand
from domain.order.decider import ORDER
from domain.order.events import OrderEvent
from domain.order.state import Order
from domain.roster.commands import RosterCommand
from domain.roster.decider import ROSTER
from domain.roster.events import RosterEvent
from domain.roster.state import Roster
from domain.session.commands import SessionCommand
from domain.session.decider import SESSION
from domain.session.events import SessionEvent
from domain.session.state import Session
from domain.shared.event import Decider, Event
from domain.shared.ids import bill_stream, cart_stream, floor_stream, menu_stream, roster_stream, venue_stream
from domain.venue.commands import VenueCommand
from domain.venue.decider import VENUE
from domain.venue.events import VenueEvent
from domain.venue.state import Venue

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)

OpenedVenue = Opened[Venue, VenueCommand, VenueEvent]
OpenedFloor = Opened[Floor, FloorCommand, FloorEvent]
OpenedMenu = Opened[Menu, MenuCommand, MenuEvent]
OpenedRoster = Opened[Roster, RosterCommand, RosterEvent]
OpenedSession = Opened[Session, SessionCommand, SessionEvent]
OpenedCart = Opened[Cart, CartCommand, CartEvent]
OpenedOrder = Opened[Order, OrderCommand, OrderEvent]
OpenedBill = Opened[Bill, BillCommand, BillEvent]
OpenedAccount = Opened[Account, AccountCommand, AccountEvent]


class Opener(Protocol):
    """A Reading, or a Writer."""

    venue_id: UUID

    def open(self, decider: Decider[S, C, E], stream: UUID) -> Opened[S, C, E]:
        """Name a stream to be read."""
        ...


def open_venue(opener: Opener) -> OpenedVenue:
    """The venue's own settings."""
    return opener.open(VENUE, venue_stream(opener.venue_id))


def open_floor(opener: Opener) -> OpenedFloor:
    """All its tables."""
    return opener.open(FLOOR, floor_stream(opener.venue_id))


def open_menu(opener: Opener) -> OpenedMenu:
    """Its menu."""
    return opener.open(MENU, menu_stream(opener.venue_id))


def open_roster(opener: Opener) -> OpenedRoster:
    """Who works there."""
    return opener.open(ROSTER, roster_stream(opener.venue_id))


def open_session(opener: Opener, session_id: UUID) -> OpenedSession:
    """A guest's session."""
    return opener.open(SESSION, session_id)


def open_cart(opener: Opener, session_id: UUID) -> OpenedCart:
    """That guest's cart."""
    return opener.open(CART, cart_stream(session_id))


def open_order(opener: Opener, order_id: UUID) -> OpenedOrder:
    """An order."""
    return opener.open(ORDER, order_id)


def open_bill(opener: Opener, order_id: UUID) -> OpenedBill:
    """That order's bill."""
    return opener.open(BILL, bill_stream(order_id))


def open_account(opener: Opener, account_id: UUID) -> OpenedAccount:
    """A staff account; its ledger is the house's."""
    return opener.open(ACCOUNT, account_id)
