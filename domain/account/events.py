"""What can have happened to a staff account. Names are sealed under the account's own key; secrets never appear."""

from enum import StrEnum
from uuid import UUID

from domain.shared.event import Event
from domain.shared.sealed import Sealed


class LogoutCause(StrEnum):
    """Why a log-in ended. UNTOLD is what events from before version 2 of `LoggedOut` say; nothing new says it."""

    BY_CHOICE = "by_choice"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - the name of a cause, not a secret
    UNTOLD = "untold"


class AccountCreated(Event, frozen=True, kw_only=True, tag="account.created.v1"):
    """Somebody can log in. The account's id follows from a keyed hash of the e-mail address."""

    account_id: UUID
    email: Sealed
    name: Sealed


class AccountRenamed(Event, frozen=True, kw_only=True, tag="account.renamed.v1"):
    """Goes by another name."""

    account_id: UUID
    name: Sealed


class VenueJoined(Event, frozen=True, kw_only=True, tag="account.venue-joined.v1"):
    """Has, or had, a role at that venue; which one is that venue's ledger's to say."""

    account_id: UUID
    venue_id: UUID
    slug: str


class PasswordChanged(Event, frozen=True, kw_only=True, tag="account.password-changed.v1"):
    """Has a new password; every earlier log-in is over."""

    account_id: UUID


class LoggedIn(Event, frozen=True, kw_only=True, tag="account.logged-in.v1"):
    """Proved the password. `login_id` is the family of refresh tokens that began here."""

    account_id: UUID
    login_id: UUID


class LoggedOut(Event, frozen=True, kw_only=True, tag="account.logged-out.v2"):
    """That log-in is over: by choice, or because a refresh token was used twice, so that somebody has a copy of it."""

    account_id: UUID
    login_id: UUID
    cause: LogoutCause


class AccountDisabled(Event, frozen=True, kw_only=True, tag="account.disabled.v1"):
    """Can no longer log in; every log-in is over."""

    account_id: UUID


class AccountEnabled(Event, frozen=True, kw_only=True, tag="account.enabled.v1"):
    """Can log in again."""

    account_id: UUID


AccountEvent = (
    AccountCreated
    | AccountRenamed
    | VenueJoined
    | PasswordChanged
    | LoggedIn
    | LoggedOut
    | AccountDisabled
    | AccountEnabled
)
