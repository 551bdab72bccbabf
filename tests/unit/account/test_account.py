"""Who may log in, and what ends a log-in."""

from uuid import UUID

import pytest
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
from domain.account.decider import ACCOUNT, LOGINS_MAX
from domain.account.errors import AccountExists, AccountNotFound, InvalidCredentials
from domain.account.events import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountEvent,
    AccountRenamed,
    LoggedIn,
    LoggedOut,
    LogoutCause,
    PasswordChanged,
    VenueJoined,
)
from domain.shared.sealed import Sealed
from tests.unit.given import given

ANNA = UUID(int=1)
VENUE = UUID(int=2)
PHONE = UUID(int=3)
TILL = UUID(int=4)
EMAIL = Sealed(subject=ANNA, box=b"anna@example.com")
NAME = Sealed(subject=ANNA, box=b"Anna")
NEW_NAME = Sealed(subject=ANNA, box=b"Anna B.")

CREATED = AccountCreated(account_id=ANNA, email=EMAIL, name=NAME)
DISABLED = AccountDisabled(account_id=ANNA)
ON_PHONE = LoggedIn(account_id=ANNA, login_id=PHONE)
OFF_PHONE = LogOut(account_id=ANNA, login_id=PHONE, cause=LogoutCause.BY_CHOICE)
WAS_ON_PHONE = LoggedOut(account_id=ANNA, login_id=PHONE, cause=LogoutCause.BY_CHOICE)
ON_TILL = LoggedIn(account_id=ANNA, login_id=TILL)
JOINED = VenueJoined(account_id=ANNA, venue_id=VENUE, slug="conch-house")


def test_an_account_is_created_once() -> None:
    create = CreateAccount(account_id=ANNA, email=EMAIL, name=NAME)
    account = given(ACCOUNT).when(create).then(CREATED)
    assert (account.account_id, account.email, account.name) == (ANNA, EMAIL, NAME)
    given(ACCOUNT, CREATED).when(create).refused(AccountExists)


def test_an_account_can_go_by_another_name() -> None:
    history = given(ACCOUNT, CREATED)
    account = history.when(RenameAccount(account_id=ANNA, name=NEW_NAME)).then(
        AccountRenamed(account_id=ANNA, name=NEW_NAME)
    )
    assert account.name == NEW_NAME
    history.when(RenameAccount(account_id=ANNA, name=NAME)).then()


def test_a_venue_is_joined_once() -> None:
    join = JoinVenue(account_id=ANNA, venue_id=VENUE, slug="conch-house")
    assert given(ACCOUNT, CREATED).when(join).then(JOINED).venues == ((VENUE, "conch-house"),)
    given(ACCOUNT, CREATED, JOINED).when(join).then()


def test_venues_stand_in_the_order_of_joining_and_each_only_once() -> None:
    other = VenueJoined(account_id=ANNA, venue_id=UUID(int=9), slug="blue-hole")
    assert given(ACCOUNT, CREATED, JOINED, other, other).state.venues == (
        (VENUE, "conch-house"),
        (UUID(int=9), "blue-hole"),
    )


def test_several_log_ins_are_good_side_by_side() -> None:
    account = given(ACCOUNT, CREATED, ON_PHONE).when(LogIn(account_id=ANNA, login_id=TILL)).then(ON_TILL)
    assert account.logins == (PHONE, TILL)
    given(ACCOUNT, CREATED, ON_PHONE).when(LogIn(account_id=ANNA, login_id=PHONE)).then()


def test_logging_out_ends_that_log_in_and_no_other() -> None:
    history = given(ACCOUNT, CREATED, ON_PHONE, ON_TILL)
    assert history.when(OFF_PHONE).then(WAS_ON_PHONE).logins == (TILL,)


def test_logging_out_twice_changes_nothing() -> None:
    given(ACCOUNT, CREATED, ON_PHONE, WAS_ON_PHONE).when(OFF_PHONE).then()


def test_a_log_out_says_whether_it_was_wished_for_or_somebody_has_a_copy_of_the_token() -> None:
    for cause in (LogoutCause.BY_CHOICE, LogoutCause.TOKEN_REUSED):
        log_out = LogOut(account_id=ANNA, login_id=PHONE, cause=cause)
        given(ACCOUNT, CREATED, ON_PHONE).when(log_out).then(LoggedOut(account_id=ANNA, login_id=PHONE, cause=cause))


def test_a_new_password_ends_every_log_in() -> None:
    history = given(ACCOUNT, CREATED, ON_PHONE, ON_TILL)
    account = history.when(ChangePassword(account_id=ANNA)).then(PasswordChanged(account_id=ANNA))
    assert account.logins == ()


def test_disabling_an_account_ends_every_log_in_and_allows_no_other() -> None:
    account = given(ACCOUNT, CREATED, ON_PHONE).when(DisableAccount(account_id=ANNA)).then(DISABLED)
    assert account.logins == ()
    history = given(ACCOUNT, CREATED, DISABLED)
    history.when(LogIn(account_id=ANNA, login_id=TILL)).refused(InvalidCredentials)
    history.when(DisableAccount(account_id=ANNA)).then()


def test_an_enabled_account_can_log_in_again() -> None:
    enabled = AccountEnabled(account_id=ANNA)
    given(ACCOUNT, CREATED, DISABLED).when(EnableAccount(account_id=ANNA)).then(enabled)
    given(ACCOUNT, CREATED, DISABLED, enabled).when(LogIn(account_id=ANNA, login_id=TILL)).then(ON_TILL)
    given(ACCOUNT, CREATED).when(EnableAccount(account_id=ANNA)).then()


def test_a_wrong_log_in_does_not_say_whether_the_account_exists() -> None:
    log_in = LogIn(account_id=ANNA, login_id=TILL)
    unknown = given(ACCOUNT).when(log_in).refused(InvalidCredentials)
    locked = given(ACCOUNT, CREATED, DISABLED).when(log_in).refused(InvalidCredentials)
    assert (unknown.message, unknown.details) == (locked.message, locked.details)


def test_one_log_in_too_many_ends_the_oldest() -> None:
    logins = tuple(UUID(int=100 + number) for number in range(LOGINS_MAX))
    history = given(ACCOUNT, CREATED, *(LoggedIn(account_id=ANNA, login_id=login) for login in logins))
    assert history.state.logins == logins
    assert history.when(LogIn(account_id=ANNA, login_id=TILL)).then(ON_TILL).logins == (*logins[1:], TILL)


@pytest.mark.parametrize(
    "command",
    [
        RenameAccount(account_id=ANNA, name=NAME),
        JoinVenue(account_id=ANNA, venue_id=VENUE, slug="conch-house"),
        ChangePassword(account_id=ANNA),
        OFF_PHONE,
        DisableAccount(account_id=ANNA),
        EnableAccount(account_id=ANNA),
    ],
)
def test_an_account_that_is_not_there_is_not_found(command: AccountCommand) -> None:
    given(ACCOUNT).when(command).refused(AccountNotFound)


def test_any_fact_can_be_read_without_those_before_it() -> None:
    events: tuple[AccountEvent, ...] = (
        JOINED,
        ON_PHONE,
        LoggedOut(account_id=ANNA, login_id=TILL, cause=LogoutCause.UNTOLD),
        PasswordChanged(account_id=ANNA),
        DISABLED,
        AccountEnabled(account_id=ANNA),
        AccountRenamed(account_id=ANNA, name=NEW_NAME),
    )
    for event in events:
        assert replace(given(ACCOUNT, event).state, venues=(), logins=(), disabled=False, name=None) == ACCOUNT.initial
