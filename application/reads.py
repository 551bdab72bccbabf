"""What is read from the ledger itself, so it is never stale: one's own cart and orders, one order, the settings.

Boards and lists are projections, and not here. Every function gives the last position of what it read.
"""

from typing import Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from application.accounts import show_user
from application.carts import show
from application.credentials import Claims
from application.house import House
from application.reading import Reading
from application.requests import GuestPass
from application.seating import admit, open_seat, require_settings
from application.showing import show_order
from application.staffing import show_members
from application.streams import (
    open_account,
    open_bill,
    open_cart,
    open_floor,
    open_order,
    open_roster,
    open_venue,
)
from application.views.cart import CartView
from application.views.order import OrderView
from application.views.staff import StaffView, UserView
from application.views.table import TableView, table_view
from application.views.venue import SettingsView, VenueView, settings_view, venue_view
from domain.order.errors import OrderNotFound
from domain.order.state import Status
from domain.roster.events import Role
from domain.shared.ids import HOUSE, venue_id_of
from domain.venue.calendar import is_open
from domain.venue.errors import VenueNotFound
from domain.venue.settings import Settings

T_co = TypeVar("T_co", covariant=True)


class Read(Struct, Generic[T_co], frozen=True, kw_only=True):
    """What was read, and a position that it is as new as: the last one of its streams, or the venue's head.

    The head is asked for first and the streams are read after it, so that nothing up to it is missed.
    """

    data: T_co
    position: int


class OrdersPage(Struct, frozen=True, kw_only=True):
    """Some of a guest's orders, and the one after which there are more, if there are."""

    orders: list[OrderView]
    more_after: UUID | None


async def own_cart(house: House, venue_id: UUID, guest: GuestPass) -> Read[CartView]:
    """A guest's cart, priced by the rules of this moment."""
    reading = Reading(house, venue_id)
    seat, cart = open_seat(reading, guest), open_cart(reading, guest.session_id)
    await reading.load()
    table = admit(seat, reading.at)
    view = await show(reading, cart, require_settings(seat.venue.state), table)
    return Read(data=view, position=reading.position)


async def own_orders(
    house: House, venue_id: UUID, guest: GuestPass, *, limit: int, after: UUID | None = None
) -> Read[OrdersPage]:
    """The next `limit` of a guest's orders, newest first, beyond the one named. Refused: OrderNotFound."""
    reading = Reading(house, venue_id)
    seat, cart = open_seat(reading, guest), open_cart(reading, guest.session_id)
    await reading.load()
    admit(seat, reading.at)
    newest_first = cart.state.order_ids[::-1]
    if after is not None and after not in newest_first:
        raise OrderNotFound("There is no such order.")
    begin = 0 if after is None else newest_first.index(after) + 1
    order_ids = newest_first[begin : begin + limit]
    opened = [(open_order(reading, order_id), open_bill(reading, order_id)) for order_id in order_ids]
    await reading.load()
    orders = [await show_order(reading, order, bill) for order, bill in opened]
    more_after = order_ids[-1] if len(newest_first) > begin + limit else None
    return Read(data=OrdersPage(orders=orders, more_after=more_after), position=reading.position)


async def own_order(house: House, venue_id: UUID, guest: GuestPass, order_id: UUID) -> Read[OrderView]:
    """One of a guest's own orders. Refused: OrderNotFound for anybody else's."""
    reading = Reading(house, venue_id)
    seat, order, bill = open_seat(reading, guest), open_order(reading, order_id), open_bill(reading, order_id)
    await reading.load()
    admit(seat, reading.at)
    if order.state.session_id != guest.session_id:
        raise OrderNotFound("There is no such order.")
    return Read(data=await show_order(reading, order, bill), position=reading.position)


async def any_order(house: House, venue_id: UUID, order_id: UUID) -> Read[OrderView]:
    """Any order of the venue, for its staff."""
    reading = Reading(house, venue_id)
    order, bill = open_order(reading, order_id), open_bill(reading, order_id)
    await reading.load()
    if order.state.status is Status.NEW:
        raise OrderNotFound("There is no such order.")
    return Read(data=await show_order(reading, order, bill), position=reading.position)


async def venue_page(house: House, slug: str) -> Read[VenueView]:
    """What anybody may know of a venue. Refused: VenueNotFound, for one that is not active too."""
    position = await house.ledger.head(venue_id_of(slug))
    settings = await settings_for_guests(house, slug)
    view = venue_view(venue_id_of(slug), slug, settings, open_now=is_open(settings, house.clock()))
    return Read(data=view, position=position)


async def settings_for_guests(house: House, slug: str) -> Settings:
    """The settings of a venue that guests may come to. Refused: VenueNotFound, for one that is not active too."""
    reading = Reading(house, venue_id_of(slug))
    venue = open_venue(reading)
    await reading.load()
    settings = require_settings(venue.state)
    if not settings.active:
        raise VenueNotFound("There is no such venue.")
    return settings


async def venue_settings(house: House, venue_id: UUID) -> Read[SettingsView]:
    """All settings, for the manager."""
    position = await house.ledger.head(venue_id)
    reading = Reading(house, venue_id)
    venue = open_venue(reading)
    await reading.load()
    return Read(data=settings_view(require_settings(venue.state), venue.version), position=position)


async def tables(house: House, venue_id: UUID) -> Read[list[TableView]]:
    """All tables, those off the floor too, in the order in which they were added."""
    position = await house.ledger.head(venue_id)
    reading = Reading(house, venue_id)
    floor = open_floor(reading)
    await reading.load()
    return Read(data=[table_view(table) for table in floor.state.tables], position=position)


async def staff(house: House, venue_id: UUID) -> Read[list[StaffView]]:
    """Everybody who works at the venue."""
    position = await house.ledger.head(venue_id)
    reading = Reading(house, venue_id)
    roster = open_roster(reading)
    await reading.load()
    return Read(data=await show_members(house, roster.state.roles), position=position)


async def user(house: House, account_id: UUID) -> Read[UserView]:
    """Oneself."""
    return Read(data=await show_user(house, account_id), position=0)


async def login_holds(house: House, claims: Claims) -> bool:
    """Whether the log-in that an access token came of is still good: not ended, its account not locked."""
    reading = Reading(house, HOUSE)
    account = open_account(reading, claims.account_id)
    await reading.load()
    return claims.login_id in account.state.logins


async def role_at(house: House, venue_id: UUID, account_id: UUID) -> Role | None:
    """Somebody's role at a venue now. Refused: VenueNotFound."""
    reading = Reading(house, venue_id)
    roster, venue = open_roster(reading), open_venue(reading)
    await reading.load()
    require_settings(venue.state)
    return roster.state.roles.get(account_id)
