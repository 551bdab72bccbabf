"""`comanda demo` as people use it and abuse it: with Ctrl-C, kill −9 of any part, twice, and with its ports taken."""

import contextlib
import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict

from cli import demo_home
from infrastructure.postgres.places import place_of
from tests.setup.processes import GONE_WITHIN_S, ROOT, gone, kill, lives, reapers_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

OPEN_WITHIN_S = 90.0
SETTLED_AFTER_S = 1.0
MARK = "DEMO_UNDER_TEST"  # stands in the environment of every process that a demo starts


class Demo(Struct, frozen=True):
    process: subprocess.Popen[bytes]
    home: Path
    mark: str
    port: int
    simulator_port: int

    @property
    def output(self) -> str:
        return self.home.with_suffix(".out").read_text()

    def opened(self) -> "Demo":
        assert gone(lambda: "Comanda is open" in self.output or self.process.poll() is not None, within_s=OPEN_WITHIN_S)
        # A part that dies by itself would end all of them too, and nothing would have been shown.
        time.sleep(SETTLED_AFTER_S)
        assert self.process.poll() is None, self.output
        return self

    def processes(self) -> list[int]:
        """All that belongs to it, the database's included."""
        data = place_of(demo_home.database(self.home)).data
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                marked = f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes()
                if (marked or (data.exists() and (entry / "cwd").samefile(data))) and lives(int(entry.name)):
                    found.append(int(entry.name))
        return found

    def part(self, name: str) -> int:
        """The pid of one of its parts."""
        place = place_of(demo_home.database(self.home))
        match name:
            case "supervisor":
                return self.process.pid
            case "postmaster":
                return int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
            case "reaper":
                return reapers_of(place)[0]
            case "granian's worker":
                return child_of(self.part("serve"), "")
            case _:
                return child_of(self.process.pid, f"cli.main {name}")

    def get(self, port: int, path: str, **headers: str) -> tuple[int, bytes]:
        return request("GET", port, path, headers=headers)


def child_of(parent: int, words: str) -> int:
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_child = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent
            if is_child and words in (entry / "cmdline").read_text().replace("\0", " "):
                return int(entry.name)
    raise LookupError(words)


def request(
    method: str, port: int, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def inherited() -> dict[str, str]:
    """Our environment, without what a make above us or a database of somebody's would have said."""
    ours = {"DATABASE_URL", "COMANDA_JWT_SECRET", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@contextlib.contextmanager
def demo(
    home: Path,
    port: int | None = None,
    simulator_port: int | None = None,
    *,
    by_make: bool = False,
) -> Iterator[Demo]:
    """A demo of its own, killed afterwards if it still runs."""
    mark = uuid.uuid4().hex
    ports = (port or free_port(), simulator_port or free_port())
    options = ["--home", str(home), "--port", str(ports[0]), "--simulator-port", str(ports[1])]
    command = [sys.executable, "-m", "cli.main", "demo", *options]
    if by_make:
        # The environment is there: -o says so, wherever this suite runs.
        command = ["make", "-o", ".venv/ready", f"RUN={shlex.quote(sys.executable)}", f"ARGS={shlex.join(options)}"]
        command += ["demo", "VENV=.venv"]
    with home.with_suffix(".out").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**inherited(), MARK: mark},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Demo(process, home, mark, *ports)
    try:
        yield running
    finally:
        process.kill()
        process.wait()
        assert gone(lambda: not running.processes(), within_s=2 * GONE_WITHIN_S)


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """What is started meanwhile ignores these two, as under nohup in the background of a script."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all, so that most starts here are second starts."""
    home = tmp_path_factory.mktemp("a demo") / "home"
    yield home
    demo_home.reset(home)


@pytest.mark.parametrize(
    "part", ["supervisor", "postmaster", "reaper", "serve", "granian's worker", "worker", "simulator"]
)
def test_kill_9_of_any_part_ends_all_of_them_within_five_seconds(home: Path, part: str) -> None:
    with demo(home) as running:
        kill(running.opened().part(part))
        assert gone(lambda: not running.processes()), running.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_of_it_in_peace(home: Path, number: signal.Signals) -> None:
    with demo(home) as running:
        running.opened().process.send_signal(number)
        assert running.process.wait(timeout=GONE_WITHIN_S) == 0
        assert running.processes() == []
        assert "Comanda is closed" in running.output


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what make does can only be seen in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_to_make_alone_ends_all_of_it_and_make(home: Path, number: signal.Signals) -> None:
    with demo(home, by_make=True) as running:
        running.opened().process.send_signal(number)
        before = time.monotonic()
        # What GNU make 4.3 answers a SIGTERM with is 2, for then its child's end comes first.
        assert running.process.wait(timeout=GONE_WITHIN_S) in {-number, 2}
        left_s = before + GONE_WITHIN_S - time.monotonic()
        assert gone(lambda: not running.processes(), within_s=left_s), running.output
        assert "Traceback" not in running.output


def test_what_killed_a_part_is_said(home: Path) -> None:
    with demo(home) as running:
        kill(running.opened().part("worker"))
        assert running.process.wait(timeout=2 * GONE_WITHIN_S) == 1
        assert "the worker was killed by SIGKILL" in running.output


def test_a_demo_in_the_background_of_a_script_hears_sigint_and_one_under_nohup_no_sighup(home: Path) -> None:
    with contextlib.ExitStack() as stack:
        with deaf():
            running = stack.enter_context(demo(home))
        running.opened().process.send_signal(signal.SIGHUP)
        time.sleep(SETTLED_AFTER_S)
        assert running.process.poll() is None
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=GONE_WITHIN_S) == 0
        assert running.processes() == []


def test_ctrl_c_while_it_still_starts_ends_all_of_it(home: Path) -> None:
    for delay_s in (0.3, 1.0, 2.0):
        with demo(home) as running:
            time.sleep(delay_s)
            running.process.send_signal(signal.SIGINT)
            running.process.wait(timeout=2 * GONE_WITHIN_S)
            assert gone(lambda: not running.processes()), running.output


def test_the_second_start_finds_everything_as_it_was_and_a_reset_forgets_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with demo(home) as running:
        running.opened()
        assert "seeded conch-house and blue-hole" in running.output
        opened = request("POST", running.port, "/api/v1/venues/conch-house/session", {"table_short_code": "T1"})
        assert opened[0] == 201
        token = json.loads(opened[1])["data"]["token"]
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=2 * GONE_WITHIN_S) == 0
    with demo(home) as running:
        assert running.opened().get(running.port, "/api/v1/cart", **{"X-Session-Token": token})[0] == 200
        assert "seeded" not in running.output
        assert "as they were left" in running.output
        assert request("GET", running.simulator_port, "/_simulator/charges?order=none") == (200, b"[]")
        assert reset(home).returncode == 1
    assert reset(home).returncode == 0
    assert not home.exists()
    assert not place_of(demo_home.database(home)).home.exists()
    with demo(home) as running:
        assert running.opened().get(running.port, "/api/v1/cart", **{"X-Session-Token": token})[0] == 401
    assert reset(home).returncode == 0


def test_a_port_that_is_taken_is_named_with_a_remedy(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for ports in ({"port": port}, {"simulator_port": port}):
            with demo(home, **ports) as running:
                assert running.process.wait(timeout=30) == 1
                assert f"port {port} is taken" in running.output
                assert "Traceback" not in running.output


def test_one_port_for_two_is_refused(home: Path) -> None:
    port = free_port()
    with demo(home, port=port, simulator_port=port) as running:
        assert running.process.wait(timeout=30) == 1
        assert f"cannot share port {port}" in running.output


@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1", "abc"])
@pytest.mark.parametrize("option", ["demo --port", "demo --simulator-port", "simulator --data charges --port"])
def test_a_port_that_is_none_is_refused_with_the_limits(option: str, port: str) -> None:
    refused = comanda(*option.split(), port)
    assert refused.returncode == 2
    assert f"{port!r} is no port (1 to 65535)" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_second_demo_of_the_same_folder_is_refused_whatever_its_ports(home: Path) -> None:
    with demo(home) as running:
        running.opened()
        for port in (running.port, free_port()):
            refused = comanda("demo", "--home", str(home), "--port", str(port), "--simulator-port", str(free_port()))
            assert refused.returncode == 1
            assert "running already" in refused.stderr
        assert running.get(running.port, "/health/ready")[0] == 200


def test_while_it_runs_other_commands_are_about_it_and_afterwards_not(home: Path) -> None:
    with demo(home) as running:
        running.opened()
        told = comanda("replay", "--venue", "blue-hole", home=home)
        assert "venue.opened.v1" in told.stdout
        assert told.stderr == "comanda: with the settings of the demo that runs in this folder\n"
        for command in ("doctor", "migrate", "projections status"):
            done = comanda(*command.split(), home=home)
            assert done.returncode == 0, done.stdout + done.stderr
            assert not any(secret in done.stdout + done.stderr for secret in secrets_in(home))
        assert demo_home.environment(home).stat().st_mode & 0o077 == 0
        assert "demo that runs" not in comanda("migrate", home=home, DATABASE_URL="postgresql://u@127.0.0.1:1/x").stderr
        kill(running.process.pid)
        assert gone(lambda: not running.processes())
        left_behind = demo_home.environment(home)
        assert left_behind.exists()
        told = comanda("replay", "--venue", "blue-hole", home=home)
        assert told.returncode == 1
        assert "make demo" in told.stderr
    with demo(home) as running:
        running.opened().process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=GONE_WITHIN_S) == 0
        assert not left_behind.exists()


def secrets_in(home: Path) -> set[str]:
    """The passwords and the signing key of a running demo."""
    environment = json.loads(demo_home.environment(home).read_bytes())
    passwords = {conninfo_to_dict(environment[name])["password"] for name in ("DATABASE_URL", "COMANDA_MIGRATE_URL")}
    return {environment["COMANDA_JWT_SECRET"], *map(str, passwords)}


def comanda(*arguments: str, home: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Type a command, in a folder whose demo has that home."""
    program = "import sys, pathlib; from cli import demo_home, main; home = sys.argv.pop(1)\n"
    program += "if home: demo_home.HOME = pathlib.Path(home)\nsys.exit(main.main())"
    command = [sys.executable, "-c", program, str(home or ""), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**inherited(), **environment}, capture_output=True, text=True, check=False, timeout=60
    )


def reset(home: Path) -> subprocess.CompletedProcess[str]:
    return comanda("demo-reset", "--home", str(home))
