"""Advisory locks on files that the kernel lets go of when their process ends, however it ends."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

POLL_S = 0.02


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock `path` at this moment; a file that isn't there is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        return _try(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def is_shared(path: Path) -> bool:
    """Whether a shared hold of `path` could be had: it is not while somebody holds it exclusively."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def exclusive(path: Path, *, timeout_s: float) -> Iterator[None]:
    """Be the only one. TimeoutError names the file where another does not let go in time."""
    descriptor = _take(path, fcntl.LOCK_EX, timeout_s)
    try:
        yield
    finally:
        os.close(descriptor)


def share(path: Path, *, timeout_s: float) -> int:
    """Take a shared hold and return its descriptor: closing it lets go, and so does the end of this process."""
    return _take(path, fcntl.LOCK_SH, timeout_s)


def _take(path: Path, kind: int, timeout_s: float) -> int:
    deadline = time.monotonic() + timeout_s
    while True:
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if _try(descriptor, kind) and _is_still(descriptor, path):
            return descriptor
        os.close(descriptor)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} has been held by another process for more than {timeout_s:.0f} s.")
        time.sleep(POLL_S)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_still(descriptor: int, path: Path) -> bool:
    # Between open and lock the folder may have been removed by the last holder's reaper: a lock on a file that no one
    # else can find would protect nothing.
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
