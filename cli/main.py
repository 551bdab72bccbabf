"""`comanda`: the command line, and one of the two places where everything is put together.

Each command is a file of this folder with `add_to(commands)`, which describes it, and the function that it runs. What a
command needs is imported when it runs, so that `comanda doctor` can still say what is wrong when a part is broken.
"""

import argparse
import functools
import os
import sys
from collections.abc import Sequence

from cli import demo, demo_reset, doctor, guard, migrate, projections, replay, serve, simulator, worker
from cli.errors import CommandFailed

COMMANDS = (demo, demo_reset, replay, doctor, projections, migrate, serve, worker, simulator)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 if it worked, 1 if it could not, 2 if it was not understood."""
    parser = argparse.ArgumentParser(
        prog="comanda",
        formatter_class=functools.partial(argparse.HelpFormatter, max_help_position=16, width=100),
        description="An ordering backend for restaurants and venues. Begin with: comanda demo",
        epilog="comanda COMMAND --help tells more. Settings come from the environment: comanda doctor lists them. "
        "Where it names neither DATABASE_URL nor COMANDA_JWT_SECRET, replay, doctor, projections and migrate are about "
        "the demo that runs in this folder.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    chosen = parser.parse_args(arguments)
    guard.end_with_parent(os.environ)
    try:
        return int(chosen.run(chosen))
    except CommandFailed as failed:
        sys.stderr.write(f"comanda: {failed}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
