"""`comanda simulator`: a card gateway that charges nobody."""

import argparse
import asyncio
from pathlib import Path

from cli.arguments import port
from cli.errors import CommandFailed, Commands

DEFAULT_PORT = 8001


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "simulator",
        help="run the gateway simulator",
        description="A program that speaks PowerTranz's protocol on 127.0.0.1 and charges nobody; it remembers every "
        "charge in a file, through kill -9 too. Its truth: GET /_simulator/charges?order=ORDER_ID.",
    )
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="default: %(default)s")
    parser.add_argument("--data", type=Path, required=True, help="the file that remembers the charges")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    from infrastructure.simulator.__main__ import serve
    from infrastructure.simulator.journal import DataFileBroken, DataFileTaken
    from infrastructure.simulator.teller import Repeat

    try:
        asyncio.run(serve(chosen.port, chosen.data, Repeat.REFUSE))
    except (DataFileTaken, DataFileBroken, OSError) as refused:
        raise CommandFailed(f"the gateway simulator can't start: {refused}") from None
    return 0
