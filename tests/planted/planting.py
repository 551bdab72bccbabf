"""Planting a fault: in a copy of the rules, with the tests that are meant to notice it run on that copy.

A fault counts as noticed only if a test failed. A copy that cannot even be imported, or tests that are not there, prove
nothing; nor does a failure that comes without any fault, so the copy is first tested as it is.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from tests.planted.faults import ROOT, Fault, faults

COPIED: Final = ("domain", "tests/__init__.py", "tests/fixtures", "tests/property", "tests/unit")
AT_ONCE: Final = 2
PATIENCE_S: Final = 100
ALL_PATIENCE_S: Final = 300
"""How long the tests of one fault may take on a busy machine, and all tests on the copy that has none."""

FAILED: Final = 1
"""What pytest exits with where tests ran and one failed; 2 to 5 say that they did not run."""


class Verdict(NamedTuple):
    """What became of one fault."""

    name: str
    outcome: str
    output: str = ""

    @property
    def killed(self) -> bool:
        """Whether a test noticed."""
        return self.outcome == "killed"


def plant_all(say: Callable[[str], object]) -> list[Verdict]:
    """Plant every fault in a copy of its own, two at a time, and say how each went as it ends."""
    planned = faults()
    every_test = sorted({test for fault in planned for test in fault.tests})
    with TemporaryDirectory(prefix="planted-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        sound = _copy(Path(folder, "sound"))
        untouched = pool.submit(_run, sound, every_test, ALL_PATIENCE_S)
        verdicts = []
        for verdict in pool.map(lambda fault: plant(fault, Path(folder)), planned):
            say(f"{verdict.outcome:<10} {verdict.name}\n")
            verdicts.append(verdict)
        status, output = untouched.result()
    if status != 0:
        verdicts.append(Verdict("nothing at all", "fails without a fault", output))
    return verdicts


def plant(fault: Fault, folder: Path) -> Verdict:
    """Plant one fault in a copy within the folder, and see whether its tests fail there."""
    copy = _copy(folder / fault.name.replace(" ", "-"))
    file = copy / fault.file
    text = file.read_text()
    if text.count(fault.old) != 1:
        return Verdict(fault.name, "stale", f"{fault.file} has {text.count(fault.old)} places like\n{fault.old}")
    file.write_text(text.replace(fault.old, fault.new))
    status, output = _run(copy, fault.tests)
    shutil.rmtree(copy)
    outcome = {0: "survived", FAILED: "killed"}.get(status, "broken")
    return Verdict(fault.name, outcome, output)


def _copy(target: Path) -> Path:
    for name in COPIED:
        source, destination = ROOT / name, target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, destination)
    (target / "pytest.ini").write_text("[pytest]\n")
    return target


def _run(copy: Path, tests: Iterable[str], patience_s: int = PATIENCE_S) -> tuple[int, str]:
    """Run these tests of the copy, up to the first failure, with no plugin but the profiles: rules need no more."""
    command = [sys.executable, "-m", "pytest", "--exitfirst", "--quiet", "--noconftest", "--tb=short"]
    command += ["-p", "tests.fixtures.profiles", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "planted", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "."}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=patience_s, check=False
        )
    except subprocess.TimeoutExpired:
        return -1, f"took longer than {patience_s} s"
    return done.returncode, done.stdout + done.stderr
