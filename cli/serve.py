"""`comanda serve`: the API, behind granian."""

import argparse
import multiprocessing
import os
from typing import Any

from cli import guard
from cli.environment import settings_or_fail
from cli.errors import CommandFailed, Commands

KILL_TIMEOUT_S = 3  # a stop is never waited for longer; granian by itself would wait for ever
HEADERS_TIMEOUT_MS = 10_000
CONNECTIONS_WAITING_MAX = 1024


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "serve",
        help="serve the API",
        description="Serve the API on COMANDA_HOST and COMANDA_PORT until SIGTERM or Ctrl-C. It needs a migrated "
        "database (comanda migrate); read models are kept up to date by comanda worker, which runs beside it.",
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    settings = settings_or_fail()
    server = Server(
        "cli.serve:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_TIMEOUT_MS),
        websockets=False,
        workers=settings.api_workers,
        workers_kill_timeout=KILL_TIMEOUT_S,
        backlog=CONNECTIONS_WAITING_MAX,
        log_level=LogLevels.warning,
    )
    try:
        server.serve()
    except OSError as refused:
        raise CommandFailed(f"{settings.host}:{settings.port} cannot be listened on: {refused.strerror}.") from None
    return 0


def application() -> Any:  # noqa: ANN401 - granian wants any ASGI application.
    """The application of one granian worker, which would outlive a killed granian if it were not guarded."""
    from api.app import create_app
    from infrastructure.logs import write_logs
    from infrastructure.steps import steps_from

    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        guard.end_with(parent.pid)
    settings = settings_or_fail()
    write_logs(settings.log_level)
    return create_app(settings, steps=steps_from(os.environ))
