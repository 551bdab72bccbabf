"""Staff passwords: argon2id, in threads, a few at a time.

Each hash takes tens of milliseconds and tens of megabytes on purpose, so a flood of log-ins must neither stop the event
loop nor fill the memory: whoever comes while all threads are busy waits in line.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS: Final = 2
SOMETHING: Final = "no account has this password, but proving so takes as long"


class Argon2Passwords:
    """Fulfils `application.credentials.Passwords`; by default with RFC 9106's parameters for little memory (64 MiB)."""

    def __init__(self, hasher: PasswordHasher | None = None, threads: int = THREADS) -> None:
        """`hasher` is for tests, which may want a cheaper one."""
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="argon2")
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """A new salted hash, in argon2's own notation."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one. With None a hash that nobody's password has is verified, and it says no."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, stored, password)

    def close(self) -> None:
        """End the threads, once they are done."""
        self._threads.shutdown(wait=False)

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._hash_of_nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def _hash_of_nobody(self) -> str:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(SOMETHING)
        return self._nobodys
