"""What proves who somebody is: passwords, refresh tokens, access tokens. Kept beside the ledger, never in it."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct


class Claims(Struct, frozen=True, kw_only=True):
    """What an access token says: whose it is, and which log-in it came of."""

    account_id: UUID
    login_id: UUID


class TokenState(StrEnum):
    """How a refresh token was found. SPENT means that it was used before: somebody has a copy."""

    GOOD = "good"
    SPENT = "spent"
    EXPIRED = "expired"


class Refreshed(Struct, frozen=True, kw_only=True):
    """A refresh token as it was found at the moment of its use."""

    account_id: UUID
    login_id: UUID
    state: TokenState


class Passwords(Protocol):
    """A slow hash. Both calls work in a thread, a bounded number of them at a time."""

    async def hash(self, password: str) -> str:
        """A new salted hash."""
        ...

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one. With None it takes as long and says no."""
        ...


class Credentials(Protocol):
    """The tables beside the ledger. Refresh tokens are known by 32 bytes of SHA-256 only."""

    async def password_hash(self, account_id: UUID) -> str | None:
        """The stored hash, if there is one."""
        ...

    async def set_password(self, account_id: UUID, password_hash: str, *, only_if_none: bool = False) -> None:
        """Store a hash; with `only_if_none` leave one that is there alone."""
        ...

    async def add_refresh_token(self, token_hash: bytes, claims: Claims, expires_at: datetime) -> None:
        """Remember a refresh token of a log-in."""
        ...

    async def spend_refresh_token(self, token_hash: bytes, at: datetime) -> Refreshed | None:
        """Find a refresh token and mark it as spent, in one stroke; of two who try, one finds it GOOD."""
        ...

    async def forget_logins(self, account_id: UUID, login_id: UUID | None = None) -> None:
        """Drop the refresh tokens of one log-in, or of all."""
        ...


class Tokens(Protocol):
    """Access tokens, as signed by the edge."""

    @property
    def lifetime_s(self) -> int:
        """How long a token is good for, in seconds."""
        ...

    def issue(self, claims: Claims) -> str:
        """Sign one."""
        ...
