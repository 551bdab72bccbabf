"""`comanda worker`: keeps the read models up to date and settles what was left open."""

import argparse
import asyncio
import os

from cli.environment import settings_or_fail
from cli.errors import Commands


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "worker",
        help="keep read models up to date and settle open payments",
        description="Apply new events to the read models, settle payments that nobody came back for, and let unpaid "
        "orders expire, until SIGTERM or Ctrl-C. Any number of workers share the work, on any number of hosts.",
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    from infrastructure.logs import write_logs
    from infrastructure.steps import steps_from
    from infrastructure.worker import run as work

    settings = settings_or_fail()
    write_logs(settings.log_level)
    asyncio.run(work(settings, steps=steps_from(os.environ)))
    return 0
