"""`comanda demo-reset`: forgets what the demo has seen."""

import argparse
from pathlib import Path

from cli import demo_home
from cli.errors import CommandFailed, Commands
from infrastructure.postgres import PostgresUnavailable, locks


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "demo-reset",
        help="forget the demo's data",
        description="Remove the demo's database, charges and secrets; the next comanda demo begins anew. A database "
        "given as DATABASE_URL is never touched.",
    )
    parser.add_argument("--home", type=Path, default=demo_home.HOME, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    home: Path = chosen.home.resolve()
    try:
        with locks.exclusive(demo_home.lock(home), timeout_s=0):
            forgotten = demo_home.reset(home)
    except TimeoutError:
        raise CommandFailed("the demo is running; stop it first (Ctrl-C where it runs).") from None
    except PostgresUnavailable as refused:
        raise CommandFailed(str(refused)) from None
    print("The demo's data are gone." if forgotten else "There was nothing to forget.")
    return 0
