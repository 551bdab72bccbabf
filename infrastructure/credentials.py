"""Fulfils `application.credentials.Credentials`: the tables of what proves who somebody is (migration 0010)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from application.credentials import Claims, Refreshed, TokenState
from application.ports import LedgerUnavailable
from domain.shared.ids import HOUSE
from infrastructure.ledger.pool import ConnectionLost, Limits, Pool, statement

HASH_OF: Final = "select hash from passwords where venue_id = %s and account_id = %s"
STORE_HASH: Final = """
insert into passwords (venue_id, account_id, hash) values (%s, %s, %s)
on conflict (venue_id, account_id) do update set hash = excluded.hash, changed_at = clock_timestamp()
"""
STORE_FIRST_HASH: Final = """
insert into passwords (venue_id, account_id, hash) values (%s, %s, %s)
on conflict (venue_id, account_id) do nothing
"""
REMEMBER: Final = """
insert into refresh_tokens (venue_id, token_hash, account_id, login_id, expires_at) values (%s, %s, %s, %s, %s)
on conflict (venue_id, token_hash) do nothing
"""
SPEND: Final = """
with found as (
    select account_id, login_id, expires_at, used_at from refresh_tokens
    where venue_id = %(house)s and token_hash = %(token_hash)s
    for update
), spent as (
    update refresh_tokens set used_at = %(at)s
    where venue_id = %(house)s and token_hash = %(token_hash)s
)
select account_id, login_id, used_at is not null, expires_at <= %(at)s from found
"""
FORGET_LOGINS: Final = """
delete from refresh_tokens
where venue_id = %(house)s and account_id = %(account_id)s
    and (%(login_id)s::uuid is null or login_id = %(login_id)s)
"""
FORGET_EXPIRED: Final = "delete from refresh_tokens where venue_id = %s and expires_at <= %s"


class PostgresCredentials:
    """Password hashes and refresh tokens, in the house's own rows. Every call is one statement, bounded in time."""

    def __init__(self, pool: Pool, limits: Limits) -> None:
        """Keep them in that pool's database."""
        self._pool = pool
        self._limits = limits

    async def password_hash(self, account_id: UUID) -> str | None:
        """The stored hash, if there is one."""
        rows = await self._rows(HASH_OF, (HOUSE, account_id))
        return str(rows[0][0]) if rows else None

    async def set_password(self, account_id: UUID, password_hash: str, *, only_if_none: bool = False) -> None:
        """Store a hash; with `only_if_none` leave one that is there alone."""
        await self._rows(STORE_FIRST_HASH if only_if_none else STORE_HASH, (HOUSE, account_id, password_hash))

    async def add_refresh_token(self, token_hash: bytes, claims: Claims, expires_at: datetime) -> None:
        """Remember a refresh token of a log-in."""
        await self._rows(REMEMBER, (HOUSE, token_hash, claims.account_id, claims.login_id, expires_at))

    async def spend_refresh_token(self, token_hash: bytes, at: datetime) -> Refreshed | None:
        """Find a refresh token and mark it as spent, in one stroke; of two who try, one finds it GOOD."""
        rows = await self._rows(SPEND, {"house": HOUSE, "token_hash": token_hash, "at": at})
        for account_id, login_id, spent, expired in rows:
            state = TokenState.SPENT if spent else TokenState.EXPIRED if expired else TokenState.GOOD
            return Refreshed(account_id=account_id, login_id=login_id, state=state)
        return None

    async def forget_logins(self, account_id: UUID, login_id: UUID | None = None) -> None:
        """Drop the refresh tokens of one log-in, or of all."""
        await self._rows(FORGET_LOGINS, {"house": HOUSE, "account_id": account_id, "login_id": login_id})

    async def forget_expired(self, at: datetime) -> None:
        """Drop every refresh token whose time is up."""
        await self._rows(FORGET_EXPIRED, (HOUSE, at))

    async def _rows(self, query: str, parameters: Sequence[object] | Mapping[str, object]) -> list[tuple[Any, ...]]:
        try:
            async with statement(self._pool, self._limits) as connection:
                cursor = await connection.execute(query.encode(), parameters)
                return await cursor.fetchall() if cursor.description else []
        except ConnectionLost as error:
            raise LedgerUnavailable("The connection to the database broke.") from error
