"""What the demo keeps between two starts, all of it in one folder that demo-reset forgets."""

import os
import secrets
import shutil
from pathlib import Path

import msgspec
from msgspec import Struct

from infrastructure.postgres import forget

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


def secrets_of(home: Path) -> Secrets:
    """The demo's secrets, made at its first start."""
    path = home / "secrets.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except (FileNotFoundError, msgspec.MsgspecError):
        made = Secrets(jwt_secret=secrets.token_urlsafe(48))
    unfinished = home / "secrets.new"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(made))
    unfinished.rename(path)
    return made


def reset(home: Path) -> bool:
    """Forget everything; says whether there was anything. Raises `PostgresUnavailable` while it is in use."""
    forgotten = forget(database(home))
    if not home.exists():
        return forgotten
    shutil.rmtree(home)
    return True
