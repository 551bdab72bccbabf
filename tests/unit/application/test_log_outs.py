"""A log-in that ends says why: somebody left, or somebody else has a copy of the token."""

import pytest

from application.accounts import account_id_of
from application.errors import InvalidToken
from application.requests import HireStaff, LogIn, LogOut, RefreshLogin
from domain.account.events import LoggedIn, LoggedOut, LogoutCause
from domain.roster.events import Role
from domain.shared.ids import HOUSE
from tests.fixtures.venue import TestVenue, data_of
from tests.unit.application.conftest import Cast

ANNA = "anna@example.com"
PASSWORD = "a wreck off Green Cay"


@pytest.fixture
async def refresh_token(venue: TestVenue) -> str:
    """Anna works here, and has logged in."""
    await venue.by_staff(HireStaff(email=ANNA, name="Anna", password=PASSWORD, role=Role.MANAGER))
    return str(data_of(await venue.ask("system:door", LogIn(email=ANNA, password=PASSWORD)))["refresh_token"])


async def test_leaving_is_by_choice(venue: TestVenue, cast: Cast, refresh_token: str) -> None:
    anna = account_id_of(cast.house, ANNA)
    [logged_in] = cast.ledger.events(HOUSE, LoggedIn)
    await venue.ask(f"staff:{anna}", LogOut(account_id=anna, login_id=logged_in.login_id))
    assert causes(cast) == [LogoutCause.BY_CHOICE]


async def test_a_refresh_token_that_is_used_twice_is_told_as_such(
    venue: TestVenue, cast: Cast, refresh_token: str
) -> None:
    again = RefreshLogin(refresh_token=refresh_token)
    await venue.ask("system:door", again)
    with pytest.raises(InvalidToken):
        await venue.ask("system:door", again)
    assert causes(cast) == [LogoutCause.TOKEN_REUSED]


def causes(cast: Cast) -> list[LogoutCause]:
    """Why log-ins ended, in order."""
    return [event.cause for event in cast.ledger.events(HOUSE, LoggedOut)]
