"""Who runs the server, and where its folder is.

PostgreSQL refuses to run as root. As root we let an account that every system has (`postgres`, else `nobody`) run it,
in a folder that this account can reach and nobody else can have prepared; it is named after the folder that was asked
for, so the next start finds it again. Otherwise it is the folder that was asked for, run by whoever we are.
"""

import hashlib
import os
import pwd
import tempfile
from pathlib import Path

from msgspec import Struct

from infrastructure.postgres.server import PostgresUnavailable

# The first is writable by root alone and survives a restart of the machine; the others are for read-only systems.
ROOTS_PLACES = ("/var/lib", "/var/tmp")  # noqa: S108 - what is found there is used only if it is root's, see `_checked`.
SOCKET_PATH_BYTES_MAX = 100  # the system's limit is 104 to 108, with the end marker


class Account(Struct, frozen=True, kw_only=True):
    name: str
    uid: int
    gid: int


class Place(Struct, frozen=True, kw_only=True):
    """One instance's folder, and the account that runs it (None: the one we are)."""

    home: Path
    account: Account | None

    @property
    def start_lock(self) -> Path:
        return self.home / "start.lock"

    @property
    def holders_lock(self) -> Path:
        return self.home / "holders.lock"

    @property
    def reaper_lock(self) -> Path:
        return self.home / "reaper.lock"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def give(self, path: Path) -> None:
        """Hand `path` over to the account that runs the server."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


def place_of(folder: Path) -> Place:
    """The place that `folder` stands for; nothing is created."""
    folder = folder.resolve()
    if os.geteuid() != 0:
        return Place(home=folder, account=None)
    name = f"comanda-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    parents = [Path(parent) for parent in (*ROOTS_PLACES, tempfile.gettempdir())]
    usable = [parent for parent in parents if os.access(parent, os.W_OK) and _is_open_to_all(parent)]
    if not usable:
        raise PostgresUnavailable(f"None of {', '.join(map(str, parents))} is a folder that another account can reach.")
    home = next((parent / name for parent in usable if (parent / name).exists()), usable[0] / name)
    return Place(home=home, account=_account())


def prepare(place: Place, folder: Path) -> None:
    """Create the instance's folder if need be. Raises `PostgresUnavailable` where it is not ours."""
    place.home.mkdir(mode=0o711, parents=True, exist_ok=True)
    _checked(place.home)
    if place.account is not None:
        # The umask may have made it private to root, and the account has to pass through.
        place.home.chmod(0o711)
        # So that whoever finds the folder knows whose it is.
        (place.home / "belongs-to").write_text(f"{folder.resolve()}\n")


def socket_folder(place: Place) -> Path:
    """A private folder for the unix socket: in the instance's own, or a temporary one where that path is too long."""
    inside = place.home / "socket"
    longest = inside / ".s.PGSQL.65535.lock"
    if len(os.fsencode(longest)) <= SOCKET_PATH_BYTES_MAX and "," not in str(inside):
        inside.mkdir(mode=0o700, exist_ok=True)
        place.give(inside)
        return inside
    outside = Path(tempfile.mkdtemp(prefix="comanda-"))
    place.give(outside)
    return outside


def _account() -> Account:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise PostgresUnavailable(
        "PostgreSQL does not run as root, and this machine has neither an account postgres nor nobody. "
        "Run this as a user, or set DATABASE_URL to a server that is running."
    )


def _is_open_to_all(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def _checked(home: Path) -> None:
    if home.is_symlink() or home.stat().st_uid != os.geteuid():
        raise PostgresUnavailable(f"{home} belongs to someone else. Remove it, or ask whoever made it.")
