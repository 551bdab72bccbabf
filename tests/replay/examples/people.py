"""Of those who work there: accounts in the house's ledger, roles in the venue's."""

from typing import Final

from domain.account.events import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountRenamed,
    LoggedIn,
    LoggedOut,
    LogoutCause,
    PasswordChanged,
    VenueJoined,
)
from domain.roster.events import Role, RoleGranted, RoleWithdrawn
from domain.shared.event import Event
from tests.replay.examples.example import ANNA, ANNAS_WORDS, LOGIN, VENUE, Example

EXAMPLES: Final = (
    Example(event=AccountCreated(account_id=ANNA, email=ANNAS_WORDS, name=ANNAS_WORDS)),
    Example(event=AccountRenamed(account_id=ANNA, name=ANNAS_WORDS)),
    Example(event=VenueJoined(account_id=ANNA, venue_id=VENUE, slug="conch-house")),
    Example(event=PasswordChanged(account_id=ANNA)),
    Example(event=LoggedIn(account_id=ANNA, login_id=LOGIN)),
    Example(event=LoggedOut(account_id=ANNA, login_id=LOGIN, cause=LogoutCause.BY_CHOICE)),
    Example(variant="reused", event=LoggedOut(account_id=ANNA, login_id=LOGIN, cause=LogoutCause.TOKEN_REUSED)),
    Example(variant="untold", event=LoggedOut(account_id=ANNA, login_id=LOGIN, cause=LogoutCause.UNTOLD)),
    Example(event=AccountDisabled(account_id=ANNA)),
    Example(event=AccountEnabled(account_id=ANNA)),
    Example(event=RoleGranted(account_id=ANNA, role=Role.MANAGER)),
    *(
        Example(variant=role.value, event=RoleGranted(account_id=ANNA, role=role))
        for role in (Role.FLOOR, Role.KITCHEN, Role.AUDITOR)
    ),
    Example(event=RoleWithdrawn(account_id=ANNA)),
)

OLD_SHAPES: Final[dict[str, Event]] = {
    "account.logged-out.v1.json": LoggedOut(account_id=ANNA, login_id=LOGIN, cause=LogoutCause.UNTOLD),
}
