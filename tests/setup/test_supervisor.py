"""Programs that live and die together, with real programs and real kills."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import guard, supervisor
from cli.errors import CommandFailed
from cli.supervisor import Family, family, stopping_on_signals
from tests.setup.processes import ROOT, gone, kill, lives

# Like granian: a main process, and a worker that lives on when its main process is killed; this one is stubborn, too.
WITH_A_WORKER = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = os.fork()
open(sys.argv[1], 'w').write(f'{os.getpid()} {worker or os.getpid()}') if worker else None
time.sleep(60)
"""
DEAF = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(60)"
GUARDED = """
import os, sys, time
from cli import guard
guard.end_with_parent(os.environ)
open(sys.argv[1], 'w').write(str(os.getpid()))
time.sleep(60)
"""
SUPERVISOR = """
import sys, time
from pathlib import Path
from cli.supervisor import Family
Family(Path(sys.argv[1])).start('child', [sys.executable, '-c', sys.argv[2], sys.argv[3]], {}, Path.cwd())
time.sleep(60)
"""


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Family]:
    with family(tmp_path) as children:
        yield children


def start(children: Family, program: str, *arguments: str) -> None:
    children.start("child", [sys.executable, "-c", program, *arguments], {}, ROOT)


def written(path: Path) -> str:
    assert gone(lambda: path.exists() and bool(path.read_text()))
    return path.read_text()


def test_a_child_that_ends_is_told_with_the_end_of_its_log(children: Family) -> None:
    start(children, "print('the last words')")
    with pytest.raises(CommandFailed, match=r"(?s)the child ended with status 0\. The end of .*the last words"):
        children.wait_until(lambda: False, "it", timeout_s=30)


@pytest.mark.parametrize(
    ("program", "how"),
    [
        ("raise SystemExit(7)", "the child ended with status 7"),
        ("import os; os.kill(os.getpid(), 9)", "the child was killed by SIGKILL"),
        ("pass", "the child ended with status 0"),
    ],
)
def test_how_a_child_ended_is_told_and_that_it_said_nothing(children: Family, program: str, how: str) -> None:
    start(children, program)
    with pytest.raises(CommandFailed, match=rf"^{how}\. Its log .*child\.log is empty\.$"):
        children.wait_until(lambda: False, "it", timeout_s=30)


def test_an_impatient_second_ctrl_c_does_not_disturb_the_end_that_the_first_began() -> None:
    with stopping_on_signals():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


def test_a_ctrl_c_that_got_lost_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "SAME_WISH_S", 0.05)
    with stopping_on_signals():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            time.sleep(0.06)


def test_who_does_not_answer_in_time_is_named(children: Family) -> None:
    start(children, "import time; time.sleep(60)")
    with pytest.raises(CommandFailed, match="the API did not answer"):
        children.wait_until(lambda: False, "the API", timeout_s=0.1)


def test_a_child_that_does_not_listen_is_ended_all_the_same(children: Family, tmp_path: Path) -> None:
    start(children, DEAF, str(tmp_path / "ready"))
    assert gone((tmp_path / "ready").exists)
    before = time.monotonic()
    children.stop()
    assert time.monotonic() - before < 5


def test_a_worker_that_outlives_its_killed_main_process_is_ended_too(children: Family, tmp_path: Path) -> None:
    start(children, WITH_A_WORKER, str(tmp_path / "pids"))
    main, worker = (int(pid) for pid in written(tmp_path / "pids").split())
    kill(main)
    assert gone(lambda: not lives(main))
    assert lives(worker)
    children.stop()
    assert gone(lambda: not lives(worker))


def test_a_child_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(tmp_path), GUARDED, str(pid_file)], cwd=ROOT)
    child = int(written(pid_file))
    supervisor.kill()
    supervisor.wait()
    assert gone(lambda: not lives(child))


def test_a_guard_that_is_asked_politely_in_vain_insists(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + GUARDED
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(tmp_path), deaf, str(pid_file)], cwd=ROOT)
    child = int(written(pid_file))
    supervisor.kill()
    supervisor.wait()
    assert gone(lambda: not lives(child))


def test_a_process_without_a_named_parent_is_not_guarded() -> None:
    before = signal.getsignal(signal.SIGTERM)
    guard.end_with_parent({})
    guard.end_with_parent({guard.VARIABLE: "not a number"})
    assert signal.getsignal(signal.SIGTERM) == before
