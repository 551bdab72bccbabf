"""Logging in, and staying so: a password once, then pairs of tokens, each refresh token good for one use.

Facts (who logged in, when it ended) go to the house's ledger; secrets never do. An account's id follows from a keyed
hash of its e-mail address, so no list of addresses exists anywhere in clear.
"""

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from hmac import digest
from http import HTTPStatus
from typing import Final
from unicodedata import normalize
from uuid import UUID

import msgspec

from application.conflicts import until_it_holds
from application.credentials import Claims, TokenState
from application.errors import InvalidToken, PasswordTooWeak, TokenExpired
from application.house import House
from application.reading import Reading
from application.requests import Answered, ChangePassword, LogIn, LogOut, RefreshLogin, Request
from application.streams import open_account, open_roster
from application.texts import unseal
from application.views.staff import DoneView, LoginView, RoleView, UserView
from application.writer import Occasion, Writer, occasion_of
from domain.account import commands as accounts
from domain.account.errors import AccountNotFound, InvalidCredentials
from domain.account.events import LogoutCause
from domain.account.state import Account
from domain.shared.ids import HOUSE

REFRESH_TOKEN_BYTES: Final = 32
PASSWORD_LENGTH_MIN: Final = 12
PASSWORD_LENGTH_MAX: Final = 200
WRONG: Final = "E-mail address or password is wrong."


def account_id_of(house: House, email: str) -> UUID:
    """The account that an address stands for, whatever its case and form."""
    normalised = normalize("NFKC", email.strip()).casefold()
    return UUID(bytes=digest(house.instance_secret, normalised.encode(), "sha256")[:16], version=5)


def require_strong(password: str, field: str) -> None:
    """Refuse with PasswordTooWeak what is too short to be one, or too long to be typed. The edge counts failures."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise PasswordTooWeak(
            f"{field} must have {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters.", field=field
        )


async def log_in(house: House, request: Request, wish: LogIn) -> Answered:
    """Prove a password. It takes as long for an address that nobody has."""
    account_id = account_id_of(house, wish.email)
    stored = await house.credentials.password_hash(account_id)
    if not await house.passwords.verify(stored, wish.password):
        raise InvalidCredentials(WRONG)
    claims = Claims(account_id=account_id, login_id=house.ids())
    return await _logged_in(house, _by(account_id, request), claims)


async def refresh(house: House, request: Request, wish: RefreshLogin) -> Answered:
    """Trade a refresh token for a new pair. One that was used before ends the log-in: somebody has a copy of it."""
    refreshed = await house.credentials.spend_refresh_token(_hashed(wish.refresh_token), house.clock())
    if refreshed is None:
        raise InvalidToken("The refresh token is not a valid one; log in again.")
    claims = Claims(account_id=refreshed.account_id, login_id=refreshed.login_id)
    if refreshed.state is TokenState.EXPIRED:
        raise TokenExpired("The refresh token has expired; log in again.")
    if refreshed.state is TokenState.SPENT:
        await _end_login(house, _by(claims.account_id, request), claims, LogoutCause.TOKEN_REUSED)
        raise InvalidToken("The refresh token was used before; log in again.")
    reading = Reading(house, HOUSE)
    account = open_account(reading, claims.account_id)
    await reading.load()
    if claims.login_id not in account.state.logins:
        raise InvalidToken("That log-in is over; log in again.")
    return await _with_tokens(house, claims, position=reading.position)


async def log_out(house: House, request: Request, wish: LogOut) -> Answered:
    """End one log-in."""
    claims = Claims(account_id=wish.account_id, login_id=wish.login_id)
    return await _end_login(house, _by(wish.account_id, request), claims, LogoutCause.BY_CHOICE)


async def change_password(house: House, request: Request, wish: ChangePassword) -> Answered:
    """Have another password. Every log-in ends first, so nothing is left of them whatever happens in between."""
    require_strong(wish.new_password, "new_password")
    stored = await house.credentials.password_hash(wish.account_id)
    if not await house.passwords.verify(stored, wish.current_password):
        raise InvalidCredentials("current_password is wrong.")
    password_hash = await house.passwords.hash(wish.new_password)

    async def attempt(writer: Writer) -> Answered:
        account = open_account(writer, wish.account_id)
        await writer.load()
        account.decide(accounts.ChangePassword(account_id=wish.account_id))
        return await writer.commit_unkept(DoneView(), status=HTTPStatus.OK)

    answered = await until_it_holds(house, _by(wish.account_id, request), attempt)
    await house.credentials.set_password(wish.account_id, password_hash)
    await house.credentials.forget_logins(wish.account_id)
    return answered


async def show_user(house: House, account_id: UUID) -> UserView:
    """Oneself, with one's role at each venue; which role it is, is each venue's own ledger's to say."""
    reading = Reading(house, HOUSE)
    account = open_account(reading, account_id)
    await reading.load()
    state = account.state
    if state.account_id is None:
        raise AccountNotFound("There is no such account.")
    texts = await unseal(house.keyring, HOUSE, (state.email, state.name))
    return UserView(
        id=account_id,
        email=texts.of(state.email),
        name=texts.of(state.name),
        roles=await _roles(house, account_id, state),
    )


async def _roles(house: House, account_id: UUID, account: Account) -> tuple[RoleView, ...]:
    roles = []
    for venue_id, slug in account.venues:
        reading = Reading(house, venue_id)
        roster = open_roster(reading)
        await reading.load()
        role = roster.state.roles.get(account_id)
        if role is not None:
            roles.append(RoleView(venue=slug, role=role))
    return tuple(roles)


async def _logged_in(house: House, occasion: Occasion, claims: Claims) -> Answered:
    async def attempt(writer: Writer) -> Answered:
        account = open_account(writer, claims.account_id)
        await writer.load()
        account.decide(accounts.LogIn(account_id=claims.account_id, login_id=claims.login_id))
        return await writer.commit_unkept(DoneView(), status=HTTPStatus.OK)

    answered = await until_it_holds(house, occasion, attempt)
    return await _with_tokens(house, claims, position=answered.position)


async def _end_login(house: House, occasion: Occasion, claims: Claims, cause: LogoutCause) -> Answered:
    async def attempt(writer: Writer) -> Answered:
        account = open_account(writer, claims.account_id)
        await writer.load()
        account.decide(accounts.LogOut(account_id=claims.account_id, login_id=claims.login_id, cause=cause))
        return await writer.commit_unkept(DoneView(), status=HTTPStatus.OK)

    answered = await until_it_holds(house, occasion, attempt)
    await house.credentials.forget_logins(claims.account_id, claims.login_id)
    return answered


async def _with_tokens(house: House, claims: Claims, *, position: int) -> Answered:
    refresh_token = urlsafe_b64encode(house.secret(REFRESH_TOKEN_BYTES)).decode().rstrip("=")
    expires_at = house.clock() + timedelta(seconds=house.timing.refresh_ttl_s)
    await house.credentials.add_refresh_token(_hashed(refresh_token), claims, expires_at)
    view = LoginView(
        access_token=house.tokens.issue(claims),
        refresh_token=refresh_token,
        token_type="Bearer",  # noqa: S106 - the name of a scheme (RFC 6750), not a secret.
        expires_in=house.tokens.lifetime_s,
        user=await show_user(house, claims.account_id),
    )
    return Answered(status=HTTPStatus.OK, body=msgspec.json.encode(view), position=position)


def _hashed(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _by(account_id: UUID, request: Request) -> Occasion:
    """Log-ins are facts about the account, brought about by it, in the house's ledger, and never kept as answers."""
    occasion = occasion_of(request)
    return Occasion(
        venue_id=HOUSE,
        actor=f"staff:{account_id}",
        request_id=occasion.request_id,
        caused_by=occasion.caused_by,
    )
