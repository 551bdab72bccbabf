"""Staff: hired into a venue, logged in, logged out, and gone."""

import asyncio
from uuid import UUID

import pytest

from application.accounts import account_id_of
from application.credentials import Claims
from application.errors import InvalidToken, PasswordTooWeak, TokenExpired
from application.house import House
from application.ports import LedgerUnavailable
from application.reads import login_holds, role_at, staff, user
from application.requests import (
    Answered,
    ChangePassword,
    ChangeRole,
    HireStaff,
    LogIn,
    LogOut,
    RefreshLogin,
)
from domain.account.errors import InvalidCredentials
from domain.account.events import AccountCreated
from domain.roster.errors import LastManager, StaffExists, StaffNotFound
from domain.roster.events import Role
from domain.shared.ids import HOUSE
from tests.fixtures.venue import TestVenue, data_of
from tests.unit.application.conftest import Cast

EMAIL = "maria@example.com"
PASSWORD = "Grouper and lime 1"


async def hire(venue: TestVenue, role: Role = Role.MANAGER, email: str = EMAIL) -> UUID:
    wish = HireStaff(email=email, name="Maria", password=PASSWORD, role=role)
    return UUID(data_of(await venue.by_staff(wish))["id"])


async def log_in(venue: TestVenue, email: str = EMAIL, password: str = PASSWORD) -> Answered:
    return await venue.ask("system:door", LogIn(email=email, password=password))


def claims_of(answered: Answered) -> Claims:
    _, account_id, login_id = data_of(answered)["access_token"].split()
    return Claims(account_id=UUID(account_id), login_id=UUID(login_id))


async def test_who_was_hired_can_log_in_and_sees_their_roles(venue: TestVenue, house: House) -> None:
    other = await TestVenue(house, "blue-hole").open()
    await hire(venue)
    await hire(other, Role.AUDITOR)
    told = data_of(await log_in(venue))
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 900)
    assert (told["user"]["email"], told["user"]["name"]) == (EMAIL, "Maria")
    assert told["user"]["roles"] == [
        {"venue": "conch-house", "role": "manager"},
        {"venue": "blue-hole", "role": "auditor"},
    ]


async def test_an_address_is_the_same_whatever_its_case(venue: TestVenue) -> None:
    await hire(venue)
    assert (await log_in(venue, "  MARIA@Example.COM ")).status == 200


async def test_an_account_says_nothing_about_its_address_without_the_secret(house: House) -> None:
    account_id = account_id_of(house, EMAIL)
    assert account_id == account_id_of(house, EMAIL.upper())
    assert account_id != account_id_of(house, "john@example.com")


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD)])
async def test_a_wrong_log_in_sounds_the_same_for_every_cause(venue: TestVenue, email: str, password: str) -> None:
    await hire(venue)
    with pytest.raises(InvalidCredentials, match=r"^E-mail address or password is wrong\.$"):
        await log_in(venue, email, password)


async def test_neither_names_nor_passwords_stand_in_the_ledger(venue: TestVenue, cast: Cast) -> None:
    await hire(venue)
    await log_in(venue)
    kept = repr(cast.ledger.books) + repr(cast.ledger.receipts)
    for secret in ("Maria", "maria", PASSWORD, "access "):
        assert secret not in kept


async def test_a_refresh_token_is_good_for_one_use(venue: TestVenue, house: House) -> None:
    await hire(venue)
    first = await log_in(venue)
    token = data_of(first)["refresh_token"]
    second = await venue.ask("system:door", RefreshLogin(refresh_token=token))
    assert claims_of(second) == claims_of(first)
    assert await login_holds(house, claims_of(first))
    with pytest.raises(InvalidToken):
        await venue.ask("system:door", RefreshLogin(refresh_token=token))
    assert not await login_holds(house, claims_of(first))
    with pytest.raises(InvalidToken):
        await venue.ask("system:door", RefreshLogin(refresh_token=data_of(second)["refresh_token"]))


async def test_a_refresh_token_expires(venue: TestVenue, cast: Cast) -> None:
    await hire(venue)
    token = data_of(await log_in(venue))["refresh_token"]
    cast.clock.forward(2_592_001)
    with pytest.raises(TokenExpired):
        await venue.ask("system:door", RefreshLogin(refresh_token=token))
    with pytest.raises(InvalidToken):
        await venue.ask("system:door", RefreshLogin(refresh_token="never seen"))


async def test_logging_out_ends_one_log_in_and_no_other(venue: TestVenue, house: House) -> None:
    account_id = await hire(venue)
    one, other = claims_of(await log_in(venue)), claims_of(await log_in(venue))
    await venue.ask(f"staff:{account_id}", LogOut(account_id=account_id, login_id=one.login_id))
    assert not await login_holds(house, one)
    assert await login_holds(house, other)


async def test_a_log_in_that_is_over_cannot_be_refreshed_even_if_its_token_was_left_behind(
    venue: TestVenue, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = await hire(venue)
    logged_in = await log_in(venue)

    async def forgets_nothing(account_id: UUID, login_id: UUID | None = None) -> None:
        """As if the process died before."""

    monkeypatch.setattr(cast.credentials, "forget_logins", forgets_nothing)
    await venue.ask(f"staff:{account_id}", LogOut(account_id=account_id, login_id=claims_of(logged_in).login_id))
    with pytest.raises(InvalidToken):
        await venue.ask("system:door", RefreshLogin(refresh_token=data_of(logged_in)["refresh_token"]))


async def test_another_password_ends_every_log_in(venue: TestVenue, house: House) -> None:
    account_id = await hire(venue)
    logged_in = await log_in(venue)
    wish = ChangePassword(account_id=account_id, current_password=PASSWORD, new_password="Snapper and salt 2")
    await venue.ask(f"staff:{account_id}", wish)
    assert not await login_holds(house, claims_of(logged_in))
    with pytest.raises(InvalidCredentials):
        await log_in(venue)
    assert (await log_in(venue, password="Snapper and salt 2")).status == 200
    with pytest.raises(InvalidCredentials):
        await venue.ask(f"staff:{account_id}", wish)


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
async def test_a_weak_password_is_refused(venue: TestVenue, password: str) -> None:
    wish = HireStaff(email=EMAIL, name="Maria", password=password, role=Role.FLOOR)
    with pytest.raises(PasswordTooWeak) as weak:
        await venue.by_staff(wish)
    assert weak.value.details["field"] == "password"


async def test_who_has_an_account_keeps_their_password_when_another_venue_hires_them(
    venue: TestVenue, house: House, cast: Cast
) -> None:
    other = await TestVenue(house, "blue-hole").open()
    await hire(venue)
    wish = HireStaff(email=EMAIL, name="Mallory", password="Taken over 12345", role=Role.FLOOR)
    hired = data_of(await other.by_staff(wish))
    assert (hired["created"], hired["name"], hired["role"]) == (False, None, "floor")
    assert data_of(await log_in(venue))["user"]["name"] == "Maria"
    assert len(cast.ledger.events(HOUSE, AccountCreated)) == 1


async def test_a_password_set_by_somebody_faster_stays(
    venue: TestVenue, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hire(venue)
    stored = dict(cast.credentials.hashes)

    async def not_yet(account_id: UUID) -> None:
        """As it was a moment ago."""

    monkeypatch.setattr(cast.credentials, "password_hash", not_yet)
    other = await TestVenue(cast.house, "blue-hole").open()
    await other.by_staff(HireStaff(email=EMAIL, name="Mallory", password="Taken over 12345", role=Role.MANAGER))
    assert cast.credentials.hashes == stored


async def test_hiring_that_broke_off_is_finished_by_hiring_again(venue: TestVenue, cast: Cast) -> None:
    cast.ledger.is_away = True
    with pytest.raises(LedgerUnavailable):
        await hire(venue)
    cast.ledger.is_away = False
    account_id = await hire(venue)
    assert await role_at(cast.house, venue.venue_id, account_id) is Role.MANAGER
    assert (await log_in(venue)).status == 200


async def test_two_who_hire_the_same_person_at_once_make_one_account(venue: TestVenue, cast: Cast) -> None:
    outcomes = await asyncio.gather(*(hire(venue) for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [StaffExists] * 4
    assert len(cast.ledger.events(HOUSE, AccountCreated)) == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FLOOR])
async def test_who_works_here_already_is_not_hired_again(venue: TestVenue, role: Role) -> None:
    account_id = await hire(venue)
    with pytest.raises(StaffExists):
        await hire(venue, role)
    assert await role_at(venue.house, venue.venue_id, account_id) is Role.MANAGER


async def test_roles_are_changed_and_withdrawn_but_never_the_last_managers(venue: TestVenue, house: House) -> None:
    maria = await hire(venue)
    john = await hire(venue, Role.KITCHEN, "john@example.com")
    with pytest.raises(LastManager):
        await venue.by_staff(ChangeRole(account_id=maria, role=Role.FLOOR))
    await venue.by_staff(ChangeRole(account_id=john, role=Role.MANAGER))
    await venue.by_staff(ChangeRole(account_id=maria, role=None))
    assert await role_at(house, venue.venue_id, maria) is None
    assert [(member.id, member.role) for member in (await staff(house, venue.venue_id)).data] == [(john, Role.MANAGER)]
    assert (await user(house, maria)).data.roles == ()
    with pytest.raises(StaffNotFound):
        await venue.by_staff(ChangeRole(account_id=maria, role=Role.FLOOR))


async def test_what_a_hiring_was_answered_with_is_not_kept_in_clear(venue: TestVenue, cast: Cast) -> None:
    wish = HireStaff(email=EMAIL, name="Maria", password=PASSWORD, role=Role.MANAGER)
    first = await venue.by_staff(wish, "hire")
    account_id = UUID(data_of(first)["id"])
    change = ChangeRole(account_id=account_id, role=Role.MANAGER)
    changed = await venue.by_staff(change, "change")
    kept = repr(cast.ledger.receipts)
    assert EMAIL not in kept
    assert "Maria" not in kept
    assert (await venue.by_staff(wish, "hire")).body == first.body
    assert (await venue.by_staff(change, "change")).body == changed.body
