"""Wishes about a staff account."""

from uuid import UUID

from domain.account.events import LogoutCause
from domain.shared.event import Command
from domain.shared.sealed import Sealed


class CreateAccount(Command, frozen=True, kw_only=True):
    """Let somebody log in."""

    account_id: UUID
    email: Sealed
    name: Sealed


class RenameAccount(Command, frozen=True, kw_only=True):
    """Go by another name."""

    account_id: UUID
    name: Sealed


class JoinVenue(Command, frozen=True, kw_only=True):
    """Remember that this venue has a say about the account."""

    account_id: UUID
    venue_id: UUID
    slug: str


class ChangePassword(Command, frozen=True, kw_only=True):
    """Note that the password is another one; ends every log-in."""

    account_id: UUID


class LogIn(Command, frozen=True, kw_only=True):
    """The password was proved."""

    account_id: UUID
    login_id: UUID


class LogOut(Command, frozen=True, kw_only=True):
    """End one log-in."""

    account_id: UUID
    login_id: UUID
    cause: LogoutCause


class DisableAccount(Command, frozen=True, kw_only=True):
    """Lock it."""

    account_id: UUID


class EnableAccount(Command, frozen=True, kw_only=True):
    """Unlock it."""

    account_id: UUID


AccountCommand = (
    CreateAccount | RenameAccount | JoinVenue | ChangePassword | LogIn | LogOut | DisableAccount | EnableAccount
)
