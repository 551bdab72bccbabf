"""Staff's access tokens: good for one thing, for a while, and for nobody who did not get them from us."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import msgspec
import pytest

from application.credentials import Claims
from application.errors import InvalidToken, TokenExpired
from infrastructure.tokens import AccessTokens

SECRET, OTHER = "s" * 32, "o" * 32
CLAIMS = Claims(account_id=uuid4(), login_id=uuid4())


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def tokens(clock: Hands) -> AccessTokens:
    return AccessTokens([SECRET], lifetime_s=900, clock=clock)


def test_a_token_says_whose_it_is(tokens: AccessTokens) -> None:
    assert tokens.read(tokens.issue(CLAIMS)) == CLAIMS


def test_a_token_expires(tokens: AccessTokens, clock: Hands) -> None:
    token = tokens.issue(CLAIMS)
    clock.now += timedelta(seconds=899)
    assert tokens.read(token) == CLAIMS
    clock.now += timedelta(seconds=1)
    with pytest.raises(TokenExpired):
        tokens.read(token)


def test_a_token_of_tomorrow_is_none_yet(tokens: AccessTokens, clock: Hands) -> None:
    clock.now += timedelta(minutes=5)
    token = tokens.issue(CLAIMS)
    clock.now -= timedelta(minutes=5)
    with pytest.raises(InvalidToken):
        tokens.read(token)


def test_tokens_of_the_secret_before_still_hold(tokens: AccessTokens, clock: Hands) -> None:
    token = tokens.issue(CLAIMS)
    assert AccessTokens([OTHER, SECRET], lifetime_s=900, clock=clock).read(token) == CLAIMS
    with pytest.raises(InvalidToken):
        AccessTokens([OTHER], lifetime_s=900, clock=clock).read(token)


@pytest.mark.parametrize("changed", ["iss", "aud", "exp", "nbf", "iat", "jti", "sub", "typ", "lid"])
def test_every_claim_is_needed(tokens: AccessTokens, changed: str) -> None:
    payload = _payload(tokens)
    del payload[changed]
    with pytest.raises(InvalidToken):
        tokens.read(_signed(tokens, payload))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "somebody"),
        ("aud", "comanda-guests"),
        ("typ", "refresh"),
        ("sub", "not-an-id"),
        ("lid", 7),
        ("exp", "tomorrow"),
        ("exp", True),
        ("exp", None),
    ],
)
def test_every_claim_is_checked(tokens: AccessTokens, claim: str, value: Any) -> None:  # noqa: ANN401 - JSON
    with pytest.raises(InvalidToken):
        tokens.read(_signed(tokens, _payload(tokens) | {claim: value}))


def test_an_unsigned_token_is_none(tokens: AccessTokens) -> None:
    header = jwt.get_unverified_header(tokens.issue(CLAIMS))
    unsigned = jwt.encode(_payload(tokens), "", algorithm="none", headers={"kid": header["kid"]})
    with pytest.raises(InvalidToken):
        tokens.read(unsigned)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_another_algorithm_is_refused_even_with_the_right_secret(tokens: AccessTokens) -> None:
    header = jwt.get_unverified_header(tokens.issue(CLAIMS))
    token = jwt.encode(_payload(tokens), SECRET, algorithm="HS512", headers={"kid": header["kid"]})
    with pytest.raises(InvalidToken):
        tokens.read(token)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 3_000, "é" * 40, "e30.e30.e30", "....", "\x00"])
def test_what_is_no_token_at_all_is_refused(tokens: AccessTokens, token: str) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(token)


def test_a_secret_that_is_too_short_is_none(clock: Hands) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AccessTokens(["short"], lifetime_s=900, clock=clock)


def test_a_page_s_word_belongs_to_its_log_in(tokens: AccessTokens) -> None:
    assert tokens.csrf_token(CLAIMS.login_id) == tokens.csrf_token(CLAIMS.login_id)
    assert tokens.csrf_token(CLAIMS.login_id) != tokens.csrf_token(uuid4())


def _payload(tokens: AccessTokens) -> dict[str, Any]:
    return jwt.decode(tokens.issue(CLAIMS), options={"verify_signature": False})


def _signed(tokens: AccessTokens, payload: dict[str, Any]) -> str:
    header = jwt.get_unverified_header(tokens.issue(CLAIMS))
    # Claims of a wrong type are refused by the library when it signs, so they are signed as the bytes that they are.
    return jwt.api_jws.encode(msgspec.json.encode(payload), SECRET, "HS256", {"kid": header["kid"]})
