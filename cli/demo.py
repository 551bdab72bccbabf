"""`comanda demo`: a whole Comanda on this machine, for as long as you look at it."""

import argparse
import asyncio
import contextlib
import errno
import functools
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from cli import arguments, demo_home, guard
from cli.errors import CommandFailed, Commands
from cli.migrate import migrated
from cli.supervisor import POLL_S, Family, family, stopping_on_signals
from infrastructure.postgres import PostgresUnavailable, Server, locks, postgres
from infrastructure.settings import Settings, settings_from, variable

HOST = "127.0.0.1"
READY_TIMEOUT_S = 40.0
PROBE_TIMEOUT_S = 2.0
MOMENT_S = 0.3
OK = 200

WELCOME = """
  Comanda is open.

    The menu      http://{host}:{port}/api/v1/venues/conch-house/menu
    The API       http://{host}:{port}/schema
    The gateway   http://{host}:{simulator_port}/_simulator/charges?order=ORDER_ID
    The history   {comanda} replay --venue conch-house
    The logs      {logs}

    Conch House (conch-house, tables T1 to T12)      Blue Hole (blue-hole, tables B1 to B4)
      admin@example.com     Admin123!                  manager@blue-hole.example   BlueHole123!
      floor@example.com     Floor123!
      kitchen@example.com   Kitchen123!
      auditor@example.com   Auditor123!

  In another terminal {comanda} --help tells what else there is; it finds this demo by itself.
  Ctrl-C stops all of it; the next start finds everything as it was, and make demo-reset forgets it.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "demo",
        help="run everything on this machine",
        description="Start a PostgreSQL of its own (or use DATABASE_URL), migrate it, seed two venues, and run the "
        "API, the worker and a gateway simulator beside it. Ctrl-C stops all; the next start finds the data again. "
        "While it runs, comanda replay, doctor, projections and migrate are about it, unless the environment names "
        "another database.",
    )
    parser.add_argument("--port", type=arguments.port, default=8000, help="the API's (default: %(default)s)")
    parser.add_argument(
        "--simulator-port", type=arguments.port, default=8001, help="the gateway's (default: %(default)s)"
    )
    parser.add_argument("--home", type=Path, default=demo_home.HOME, help=argparse.SUPPRESS)
    parser.add_argument("--with-parent", action="store_true", help="end when the program that started this ends")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    parent_pid = os.getppid()
    if chosen.with_parent:
        guard.end_with(parent_pid)
    home: Path = chosen.home.resolve()
    try:
        with stopping_on_signals():
            if chosen.with_parent:
                guard.interrupt_with_make(parent_pid)
            with _only_one(home):
                _require_ports(chosen)
                _run(home, chosen)
    except KeyboardInterrupt:
        print("\n  Comanda is closed.", flush=True)
        return 0
    except PostgresUnavailable as unavailable:
        raise CommandFailed(str(unavailable)) from None


def _run(home: Path, chosen: argparse.Namespace) -> NoReturn:
    """All of it, until Ctrl-C (KeyboardInterrupt), or until a part ends by itself (CommandFailed)."""
    with postgres(demo_home.database(home)) as server:
        environment = _environment(home, server, chosen.port, chosen.simulator_port)
        with family(home) as children:
            _open(children, environment, home, chosen)
            with demo_home.telling(home, _settings_in(environment)):
                words = {"host": HOST, "logs": home / "*.log", "comanda": _program(), **vars(chosen)}
                print(WELCOME.format(**words), flush=True)
                while server.alive():
                    children.check()
                    time.sleep(POLL_S)
                raise CommandFailed("the database has ended.")


def _open(children: Family, environment: Mapping[str, str], home: Path, chosen: argparse.Namespace) -> None:
    """Migrate, seed and start; returns when every part answers."""
    from cli.seed import seed

    _say("bringing the database up to date")
    settings = settings_from(environment)
    migrated(settings)
    seeded = asyncio.run(seed(settings))
    print(f"  seeded {' and '.join(seeded)}" if seeded else "  found both venues as they were left", flush=True)
    _say("starting the gateway simulator, the API and the worker")
    program = [sys.executable, "-m", "cli.main"]
    without_owner = {name: value for name, value in environment.items() if name != "COMANDA_MIGRATE_URL"}
    for name, words in {
        "simulator": ["simulator", "--port", str(chosen.simulator_port), "--data", str(demo_home.charges(home))],
        "api": ["serve"],
        "worker": ["worker"],
    }.items():
        children.start(name, [*program, *words], without_owner, demo_home.ROOT)
    for port, path, what in (
        (chosen.simulator_port, "/api/alive", "the gateway simulator"),
        (chosen.port, "/health/ready", "the API"),
    ):
        children.wait_until(functools.partial(_answers, port, path), what, timeout_s=READY_TIMEOUT_S)


def _environment(home: Path, server: Server, port: int, simulator_port: int) -> dict[str, str]:
    """What the programs are told; what you set yourself stands, but the database is the one that was found."""
    return {
        "COMANDA_JWT_SECRET": demo_home.secrets_of(home).jwt_secret,
        "COMANDA_GATEWAY_ID": "demo",
        "COMANDA_GATEWAY_PASSWORD": "demo",
        "COMANDA_GATEWAY_TIMEOUT_S": "3",
        "COMANDA_REQUESTS_PER_S_MAX": "5000",
        **os.environ,
        "COMANDA_DEMO": "1",
        "COMANDA_HOST": HOST,
        "COMANDA_PORT": str(port),
        "COMANDA_GATEWAY_URL": f"http://{HOST}:{simulator_port}",
        "DATABASE_URL": server.app_dsn,
        "COMANDA_MIGRATE_URL": server.dsn,
    }


def _settings_in(environment: Mapping[str, str]) -> dict[str, str]:
    names = [variable(field) for field in Settings.__struct_fields__]
    return {name: environment[name] for name in names if name in environment}


def _program() -> str:
    """How this program is called from here."""
    program = Path(sys.executable).with_name("comanda")
    here = Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)


@contextlib.contextmanager
def _only_one(home: Path) -> Iterator[None]:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Whoever asks whether a demo runs holds the lock, too, for a moment.
        with locks.exclusive(demo_home.lock(home), timeout_s=MOMENT_S):
            demo_home.environment(home).unlink(missing_ok=True)
            yield
    except TimeoutError:
        raise CommandFailed("the demo of this folder is running already; Ctrl-C where it runs stops it.") from None


def _require_ports(chosen: argparse.Namespace) -> None:
    if chosen.port == chosen.simulator_port:
        raise CommandFailed(f"the API and the gateway cannot share port {chosen.port}; name another for one of them.")
    _require_free(chosen.port, "--port")
    _require_free(chosen.simulator_port, "--simulator-port")


def _require_free(port: int, option: str) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as refused:
            is_taken = refused.errno == errno.EADDRINUSE
            why = "is taken by another program" if is_taken else f"cannot be used ({refused.strerror})"
            remedy = "Stop that one, or choose another port" if is_taken else "Choose another"
            other = port + 80 if port + 80 <= arguments.PORT_MAX else port - 80
            raise CommandFailed(f"port {port} {why}. {remedy}: make demo ARGS='{option} {other}'") from None


def _answers(port: int, path: str) -> bool:
    # Not urllib, which would ask the proxy that the environment names.
    connection = http.client.HTTPConnection(HOST, port, timeout=PROBE_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _say(what: str) -> None:
    print(f"  {what} …", flush=True)
