"""Every event in a sentence, for people. What a sentence needs besides the event is its stream just before it."""

from typing import Any, assert_never
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import fields

from cli.replaying.menu_words import cart_sentence, menu_sentence
from cli.replaying.order_words import bill_sentence, order_sentence
from cli.replaying.shown import Shown, plain, printable
from domain.account import events as accounts
from domain.account.events import LogoutCause
from domain.bill.events import BillEvent
from domain.cart.events import CartEvent
from domain.floor import events as floors
from domain.floor.state import Floor
from domain.menu.events import MenuEvent
from domain.numbering.events import NumbersReserved
from domain.order.events import OrderEvent
from domain.roster import events as rosters
from domain.session import events as sessions
from domain.shared.event import Event
from domain.venue import events as venues


def sentence(event: Event, before: Any, shown: Shown) -> str:  # noqa: ANN401 - the state of whatever the event is of
    """What happened. `before` is the state of the event's own stream just before it."""
    if isinstance(event, OrderEvent):
        return order_sentence(event, before, shown)
    if isinstance(event, BillEvent):
        return bill_sentence(event, before, shown)
    if isinstance(event, CartEvent):
        return cart_sentence(event, before, shown)
    if isinstance(event, MenuEvent):
        return menu_sentence(event, before, shown)
    if isinstance(event, floors.FloorEvent):
        return _floor(event, before)
    if isinstance(event, accounts.AccountEvent):
        return _account(event, shown)
    return _others(event, shown)


def _floor(event: floors.FloorEvent, floor: Floor) -> str:
    table = floor.by_id(event.table_id)
    name = printable(table.name) if table else "a table"
    match event:
        case floors.TableAdded(code=code, name=added):
            return f"{printable(added)} stands on the floor, under the code {printable(code)}"
        case floors.TableChanged(name=new, active=active):
            said = [] if new is UNSET else [f"is {printable(str(new))} now"]
            said += [] if active is UNSET else ["is back on the floor" if active else "left the floor"]
            return f"{name} {' and '.join(said)}"
        case floors.TableCodeRotated(code=code):
            return f"{name} goes by the code {printable(code)} now; sessions from before are over"
        case _:
            assert_never(event)


def _account(event: accounts.AccountEvent, shown: Shown) -> str:
    who = short(event.account_id)
    match event:
        case accounts.AccountCreated(name=name, email=email):
            return f"account {who} was created: name{shown.words(name)}, address{shown.words(email)}"
        case accounts.AccountRenamed(name=name):
            return f"account {who} has another name{shown.words(name)}"
        case accounts.VenueJoined(slug=slug):
            return f"account {who} works, or worked, at {printable(slug)}"
        case accounts.PasswordChanged():
            return f"account {who} has a new password; every log-in is over"
        case accounts.LoggedIn(login_id=login_id):
            return f"account {who} logged in (log-in {short(login_id)})"
        case accounts.LoggedOut(login_id=login_id, cause=cause):
            return f"account {who}: log-in {short(login_id)} is over{_why(cause)}"
        case accounts.AccountDisabled():
            return f"account {who} is locked"
        case accounts.AccountEnabled():
            return f"account {who} is unlocked"
        case _:
            assert_never(event)


def _why(cause: LogoutCause) -> str:
    match cause:
        case LogoutCause.BY_CHOICE:
            return ", by choice"
        case LogoutCause.TOKEN_REUSED:
            return ": a refresh token was used TWICE, somebody has a copy"
        case LogoutCause.UNTOLD:
            return ""
        case _:
            assert_never(cause)


def _others(event: Event, shown: Shown) -> str:
    match event:
        case venues.VenueOpened(slug=slug, settings=settings):
            return f"the ledger of {printable(settings.name)} ({printable(slug)}) began, in {settings.currency}"
        case sessions.SessionOpened(table_code=code, expires_at=expires_at):
            return f"a guest sat down at {printable(code)}, until {shown.moment(expires_at)} at the latest"
        case sessions.SessionClosed():
            return "the guest left"
        case NumbersReserved(first=first, count=count):
            return f"order numbers {first} to {first + count - 1} were set aside"
        case rosters.RoleGranted(account_id=account_id, role=role):
            return f"account {short(account_id)} works here as {role.value}"
        case rosters.RoleWithdrawn(account_id=account_id):
            return f"account {short(account_id)} does not work here any more"
        case _:
            return _field_by_field(event)


def _field_by_field(event: Event) -> str:
    """For settings, and for whatever has no sentence of its own yet."""
    told = ((field.name, getattr(event, field.name)) for field in fields(event))
    return "; ".join(f"{name.replace('_', ' ')}: {plain(value)}" for name, value in told if value is not UNSET)


def short(identifier: UUID) -> str:
    """The first eight digits of an id: enough for people to tell two apart."""
    return identifier.hex[:8]
