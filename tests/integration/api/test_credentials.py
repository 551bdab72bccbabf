"""What proves who somebody is, in the tables beside the ledger."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from application.credentials import Claims, TokenState
from infrastructure.credentials import PostgresCredentials
from infrastructure.ledger.pool import Limits, Pool, open_pool
from infrastructure.limits import FailedLogIns, LogInLimits
from infrastructure.postgres import Server

LIMITS = Limits(connections_max=8)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def pool(database: Server) -> AsyncIterator[Pool]:
    async with open_pool(database.app_dsn, LIMITS) as pool:
        yield pool


@pytest.fixture
def credentials(pool: Pool) -> PostgresCredentials:
    return PostgresCredentials(pool, LIMITS)


@pytest.fixture
def claims() -> Claims:
    return Claims(account_id=uuid4(), login_id=uuid4())


def a_token() -> bytes:
    return sha256(uuid4().bytes).digest()


async def test_a_password_is_kept_and_replaced(credentials: PostgresCredentials) -> None:
    account_id = uuid4()
    assert await credentials.password_hash(account_id) is None
    await credentials.set_password(account_id, "first", only_if_none=True)
    await credentials.set_password(account_id, "second", only_if_none=True)
    assert await credentials.password_hash(account_id) == "first"
    await credentials.set_password(account_id, "third")
    assert await credentials.password_hash(account_id) == "third"


async def test_a_refresh_token_is_good_once(credentials: PostgresCredentials, claims: Claims) -> None:
    token = a_token()
    await credentials.add_refresh_token(token, claims, NOW + timedelta(days=1))
    first = await credentials.spend_refresh_token(token, NOW)
    assert first is not None
    assert (first.account_id, first.login_id, first.state) == (claims.account_id, claims.login_id, TokenState.GOOD)
    second = await credentials.spend_refresh_token(token, NOW)
    assert second is not None
    assert second.state is TokenState.SPENT


async def test_of_many_who_spend_a_token_at_once_one_finds_it_good(
    credentials: PostgresCredentials, claims: Claims
) -> None:
    token = a_token()
    await credentials.add_refresh_token(token, claims, NOW + timedelta(days=1))
    found = await asyncio.gather(*(credentials.spend_refresh_token(token, NOW) for _ in range(8)))
    assert sorted(each.state for each in found if each) == [TokenState.GOOD] + [TokenState.SPENT] * 7


async def test_a_refresh_token_expires(credentials: PostgresCredentials, claims: Claims) -> None:
    token = a_token()
    await credentials.add_refresh_token(token, claims, NOW)
    found = await credentials.spend_refresh_token(token, NOW)
    assert found is not None
    assert found.state is TokenState.EXPIRED


async def test_a_log_in_can_be_forgotten_and_the_others_stay(credentials: PostgresCredentials, claims: Claims) -> None:
    other = Claims(account_id=claims.account_id, login_id=uuid4())
    tokens = {each.login_id: a_token() for each in (claims, other)}
    for each in (claims, other):
        await credentials.add_refresh_token(tokens[each.login_id], each, NOW + timedelta(days=1))
    await credentials.forget_logins(claims.account_id, claims.login_id)
    assert await credentials.spend_refresh_token(tokens[claims.login_id], NOW) is None
    await credentials.forget_logins(claims.account_id)
    assert await credentials.spend_refresh_token(tokens[other.login_id], NOW) is None


async def test_ten_wrong_log_ins_of_a_pair_are_told_so_and_the_eleventh_waits(pool: Pool) -> None:
    knocks, address = FailedLogIns(pool, LIMITS, LogInLimits()), str(uuid4())
    for _ in range(10):
        assert await knocks.wait_s("a@example.com", address) == 0.0
        assert await knocks.failed("a@example.com", address) == 0.0
    assert 0 < await knocks.wait_s("A@example.com ", address) <= 900
    assert await knocks.wait_s("b@example.com", address) == 0.0
    assert await knocks.wait_s("a@example.com", str(uuid4())) == 0.0


async def test_of_twenty_wrong_log_ins_at_once_ten_are_told_so(pool: Pool) -> None:
    knocks, address = FailedLogIns(pool, LIMITS, LogInLimits()), str(uuid4())
    waits = await asyncio.gather(*(knocks.failed("a@example.com", address) for _ in range(20)))
    assert sum(wait_s == 0.0 for wait_s in waits) == 10


async def test_a_success_forgets_the_pair_s_wrong_log_ins_only(pool: Pool) -> None:
    knocks, address = FailedLogIns(pool, LIMITS, LogInLimits(per_pair=1)), str(uuid4())
    for email in ("a@example.com", "b@example.com"):
        await knocks.failed(email, address)
    await knocks.succeeded("a@example.com", address)
    assert await knocks.wait_s("a@example.com", address) == 0.0
    assert await knocks.wait_s("b@example.com", address) > 0


async def test_an_address_that_tries_many_accounts_waits_too(pool: Pool) -> None:
    knocks, address = FailedLogIns(pool, LIMITS, LogInLimits(per_address=5)), str(uuid4())
    for number in range(5):
        assert await knocks.failed(f"{number}@example.com", address) == 0.0
    assert await knocks.wait_s("new@example.com", address) > 0


async def test_wrong_log_ins_are_forgotten_after_a_while(pool: Pool) -> None:
    knocks, address = FailedLogIns(pool, LIMITS, LogInLimits(per_pair=1, window_s=0.2)), str(uuid4())
    await knocks.failed("a@example.com", address)
    assert await knocks.wait_s("a@example.com", address) > 0
    await asyncio.sleep(0.25)
    assert await knocks.wait_s("a@example.com", address) == 0.0
