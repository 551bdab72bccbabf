"""Access tokens of staff: signed, short-lived, good for nothing else.

A JWT by HS256 and only HS256, with `kid`, so that a secret can be replaced while the tokens of the one before still
hold. Every claim is required and checked: who issued it, for whom, of which type, from when until when, and its id.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from math import isfinite
from typing import Any, Final
from uuid import UUID, uuid4

import jwt

from application.credentials import Claims
from application.errors import InvalidToken, TokenExpired
from application.ports import Clock
from infrastructure.settings import Settings

ALGORITHM: Final = "HS256"
ISSUER: Final = "comanda"
AUDIENCE: Final = "comanda-staff"
TYPE: Final = "access"
REQUIRED: Final = ["iss", "aud", "exp", "nbf", "iat", "jti", "sub", "typ", "lid"]
LENGTH_MAX: Final = 2_048
SECRET_BYTES_MIN: Final = 32
CLOCKS_DIFFER_S: Final = 1


class AccessTokens:
    """Issues and reads access tokens. The first of the secrets signs; the others are still read."""

    def __init__(self, secrets: Sequence[str], *, lifetime_s: int, clock: Clock) -> None:
        """Raise ValueError where there is no secret, or one that is too short to be one."""
        if not secrets or any(len(secret.encode()) < SECRET_BYTES_MIN for secret in secrets):
            raise ValueError(f"A signing secret needs {SECRET_BYTES_MIN} bytes at least.")
        self._secrets = {_key_id(secret): secret for secret in secrets}
        self._signing = secrets[0]
        self._lifetime_s = lifetime_s
        self._clock = clock

    @property
    def lifetime_s(self) -> int:
        """How long a token is good for, in seconds."""
        return self._lifetime_s

    def issue(self, claims: Claims) -> str:
        """Sign a token for that account and log-in, good from now on."""
        now_s = int(self._clock().timestamp())
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": TYPE,
            "sub": str(claims.account_id),
            "lid": str(claims.login_id),
            "jti": uuid4().hex,
            "iat": now_s,
            "nbf": now_s,
            "exp": now_s + self._lifetime_s,
        }
        return jwt.encode(payload, self._signing, algorithm=ALGORITHM, headers={"kid": _key_id(self._signing)})

    def read(self, token: str) -> Claims:
        """What the token says. Raises InvalidToken or TokenExpired."""
        try:
            payload = self._payload(token)
            not_before_s, expires_at_s = _moment_s(payload["nbf"]), _moment_s(payload["exp"])
            claims = Claims(account_id=UUID(payload["sub"]), login_id=UUID(payload["lid"]))
        except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise InvalidToken("This access token is not one of ours.") from None
        now_s = self._clock().timestamp()
        if payload["typ"] != TYPE or now_s < not_before_s - CLOCKS_DIFFER_S:
            raise InvalidToken("This access token is not one of ours.")
        if now_s >= expires_at_s:
            raise TokenExpired("This access token has expired. Refresh it.")
        return claims

    def csrf_token(self, login_id: UUID) -> str:
        """What ties a page to its log-in: whoever only makes a browser send its cookies does not know it."""
        return hmac.new(self._signing.encode(), b"csrf:" + login_id.bytes, sha256).hexdigest()

    def _payload(self, token: str) -> dict[str, Any]:
        if len(token) > LENGTH_MAX:
            raise ValueError
        return jwt.decode(
            token,
            self._secrets[jwt.get_unverified_header(token)["kid"]],
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            # The times are judged by the house's own clock.
            options={"require": REQUIRED, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )


def _key_id(secret: str) -> str:
    return sha256(b"kid:" + secret.encode()).hexdigest()[:16]


def _moment_s(value: object) -> float:
    """A NumericDate; anything else is no token of ours."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError
    return float(value)


def access_tokens(settings: Settings, clock: Clock) -> AccessTokens:
    """As the settings want them: signed with today's secret, and read with the one before as well, if there is one."""
    secrets = [secret for secret in (settings.jwt_secret, settings.jwt_secret_before) if secret]
    return AccessTokens(secrets, lifetime_s=settings.access_token_ttl_s, clock=clock)
