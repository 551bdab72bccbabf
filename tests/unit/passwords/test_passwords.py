"""Passwords are hashed slowly, checked rightly, and never in the event loop."""

import asyncio
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from infrastructure.passwords import SOMETHING, Argon2Passwords


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    cheap = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield cheap
    cheap.close()


async def test_only_the_password_itself_is_right(passwords: Argon2Passwords) -> None:
    stored = await passwords.hash("correct horse")
    assert await passwords.verify(stored, "correct horse")
    assert not await passwords.verify(stored, "correct horse ")


async def test_the_same_password_has_another_hash_each_time(passwords: Argon2Passwords) -> None:
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


@pytest.mark.parametrize("password", ["", "anything", SOMETHING])
async def test_where_there_is_no_account_no_password_is_right(passwords: Argon2Passwords, password: str) -> None:
    assert not await passwords.verify(None, password)


async def test_a_broken_hash_admits_nobody(passwords: Argon2Passwords) -> None:
    assert not await passwords.verify("not a hash", "anything")


async def test_the_loop_goes_on_while_a_password_is_hashed() -> None:
    passwords = Argon2Passwords()
    hashing = asyncio.create_task(passwords.hash("correct horse"))
    await asyncio.sleep(0)
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    passwords.close()
    assert turns > 3
