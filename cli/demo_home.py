"""What the demo keeps between two starts, all of it in one folder that demo-reset forgets."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from infrastructure.postgres import forget, locks

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".comanda" / "demo"


class Secrets(Struct, frozen=True):
    """Made once, so that staff stay logged in over a restart."""

    jwt_secret: str

    def __repr__(self) -> str:
        return "Secrets(…)"


def lock(home: Path) -> Path:
    """Held by the demo that runs; beside the folder, so that forgetting the folder does not take it away."""
    return home.with_name(f"{home.name}.lock")


def database(home: Path) -> Path:
    return home / "postgres"


def charges(home: Path) -> Path:
    """The simulator's ledger."""
    return home / "charges.ndjson"


def environment(home: Path) -> Path:
    """The settings of the demo that runs; it holds passwords, and is gone when the demo has ended in peace."""
    return home / "environment.json"


def environment_of_running(home: Path) -> dict[str, str] | None:
    """The settings of the demo that runs now, by their variables; None if none does, or it is somebody else's."""
    try:
        told = msgspec.json.decode(environment(home).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return None
    # A demo that was killed has left its settings behind, but the kernel has let go of its lock.
    return None if locks.is_free(lock(home)) else told


@contextlib.contextmanager
def telling(home: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """Let other commands find the settings of this demo, for as long as the block lasts."""
    _write_private(environment(home), msgspec.json.encode(settings))
    try:
        yield
    finally:
        environment(home).unlink(missing_ok=True)


def secrets_of(home: Path) -> Secrets:
    """The demo's secrets, made at its first start."""
    path = home / "secrets.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except (FileNotFoundError, msgspec.MsgspecError):
        made = Secrets(jwt_secret=secrets.token_urlsafe(48))
    _write_private(path, msgspec.json.encode(made))
    return made


def reset(home: Path) -> bool:
    """Forget everything; says whether there was anything. Raises `PostgresUnavailable` while it is in use."""
    forgotten = forget(database(home))
    if not home.exists():
        return forgotten
    shutil.rmtree(home)
    return True


def _write_private(path: Path, text: bytes) -> None:
    """For our eyes only, and whole or not at all."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    unfinished.rename(path)
