"""Logging in and out: which log-ins of an account are still good, and what ends them all."""

from typing import Final, assert_never, get_args

from msgspec.structs import replace

from domain.account.commands import (
    AccountCommand,
    ChangePassword,
    CreateAccount,
    DisableAccount,
    EnableAccount,
    JoinVenue,
    LogIn,
    LogOut,
    RenameAccount,
)
from domain.account.errors import AccountExists, AccountNotFound, InvalidCredentials
from domain.account.events import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountEvent,
    AccountRenamed,
    LoggedIn,
    LoggedOut,
    PasswordChanged,
    VenueJoined,
)
from domain.account.state import Account
from domain.shared.event import Decider

LOGINS_MAX: Final = 50
"""So many log-ins of one account are good at a time; one more ends the oldest."""


def decide(account: Account, command: AccountCommand) -> tuple[AccountEvent, ...]:
    """Judge a wish. That a password was right is proved before; here it only counts whether it may be used."""
    if isinstance(command, CreateAccount):
        return _create(account, command)
    if isinstance(command, LogIn):
        return _log_in(account, command)
    if account.account_id is None:
        raise AccountNotFound("There is no such account.")
    match command:
        case RenameAccount(account_id=account_id, name=name):
            return () if account.name == name else (AccountRenamed(account_id=account_id, name=name),)
        case JoinVenue(account_id=account_id, venue_id=venue_id, slug=slug):
            if (venue_id, slug) in account.venues:
                return ()
            return (VenueJoined(account_id=account_id, venue_id=venue_id, slug=slug),)
        case ChangePassword(account_id=account_id):
            return (PasswordChanged(account_id=account_id),)
        case LogOut(account_id=account_id, login_id=login_id, cause=cause):
            if login_id not in account.logins:
                return ()
            return (LoggedOut(account_id=account_id, login_id=login_id, cause=cause),)
        case DisableAccount(account_id=account_id):
            return () if account.disabled else (AccountDisabled(account_id=account_id),)
        case EnableAccount(account_id=account_id):
            return (AccountEnabled(account_id=account_id),) if account.disabled else ()
        case _:
            assert_never(command)


def evolve(account: Account, event: AccountEvent) -> Account:
    """Take the account one fact further, whatever came before."""
    match event:
        case AccountCreated(account_id=account_id, email=email, name=name):
            return Account(account_id=account_id, email=email, name=name)
        case AccountRenamed(name=name):
            return replace(account, name=name)
        case VenueJoined(venue_id=venue_id, slug=slug):
            others = tuple(venue for venue in account.venues if venue[0] != venue_id)
            return replace(account, venues=(*others, (venue_id, slug)))
        case PasswordChanged():
            return replace(account, logins=())
        case LoggedIn(login_id=login_id):
            return replace(account, logins=(*account.logins, login_id)[-LOGINS_MAX:])
        case LoggedOut(login_id=login_id):
            return replace(account, logins=tuple(login for login in account.logins if login != login_id))
        case AccountDisabled():
            return replace(account, disabled=True, logins=())
        case AccountEnabled():
            return replace(account, disabled=False)
        case _:
            assert_never(event)


def _create(account: Account, command: CreateAccount) -> tuple[AccountEvent, ...]:
    if account.account_id is not None:
        raise AccountExists("There is an account for that e-mail address already.")
    return (AccountCreated(account_id=command.account_id, email=command.email, name=command.name),)


def _log_in(account: Account, command: LogIn) -> tuple[AccountEvent, ...]:
    """An account that is not there, or is locked, is a wrong log-in like any other."""
    if account.account_id is None or account.disabled:
        raise InvalidCredentials("E-mail address or password is wrong.")
    if command.login_id in account.logins:
        return ()
    return (LoggedIn(account_id=command.account_id, login_id=command.login_id),)


ACCOUNT: Final = Decider(name="account", initial=Account(), decide=decide, evolve=evolve, events=get_args(AccountEvent))
