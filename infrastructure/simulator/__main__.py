"""Run the simulator: `python -m infrastructure.simulator --port 8001 --data charges.ndjson`. Ctrl-C stops it."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Final

from aiohttp import web

from infrastructure.simulator.app import make_app
from infrastructure.simulator.journal import DataFileBroken, DataFileTaken, Journal
from infrastructure.simulator.teller import Repeat

HOST: Final = "127.0.0.1"
REPEAT_VARIABLE: Final = "COMANDA_SIMULATOR_REPEAT"
SHUTDOWN_S: Final = 0.2
"""Guests of `tok_timeout` wait for ever; a stop does not wait for them."""


def main() -> int:
    """Parse the command line and serve until told to stop. 2: the data file or the port can't be had."""
    arguments = _parser().parse_args()
    try:
        asyncio.run(serve(arguments.port, arguments.data, arguments.repeat))
    except (DataFileTaken, DataFileBroken, OSError) as error:
        sys.stderr.write(f"The gateway simulator can't start: {error}\n")
        return 2
    return 0


async def serve(port: int, data: Path, repeat: Repeat) -> None:
    """Serve on the loopback address until SIGINT or SIGTERM; port 0 takes a free one. Prints its address when ready."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Journal(data) as journal:
        runner = web.AppRunner(make_app(journal, repeat=repeat), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
            host, actual_port = runner.addresses[0][:2]
            sys.stdout.write(f"Gateway simulator on http://{host}:{actual_port}\n")
            sys.stdout.flush()
            await stop.wait()
        finally:
            await runner.cleanup()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infrastructure.simulator",
        description="A card gateway that speaks PowerTranz's protocol and charges nobody.",
    )
    parser.add_argument("--port", type=int, default=8001, help="on 127.0.0.1; 0 takes a free one (default: 8001)")
    parser.add_argument("--data", type=Path, required=True, help="the file that remembers every charge")
    parser.add_argument(
        "--repeat",
        type=Repeat,
        choices=list(Repeat),
        default=os.environ.get(REPEAT_VARIABLE, Repeat.REFUSE.value),
        help=f"what a TransactionIdentifier used before meets (default: ${REPEAT_VARIABLE}, else refuse)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
