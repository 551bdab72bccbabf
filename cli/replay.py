"""`comanda replay`: what happened in a venue or to one order, event by event, in sentences."""

import argparse
import asyncio
import os
import re
import sys
from datetime import date, datetime
from typing import Final
from uuid import UUID

from cli.environment import settings_or_demo
from cli.errors import Commands

EXAMPLES: Final = """examples:
  comanda replay --venue conch-house
      everything, from the opening on
  comanda replay --venue conch-house --order 42
      the latest order #42: how it was placed, paid, cooked and handed over
  comanda replay --venue conch-house --until 2026-03-14
      up to the end of that day
  comanda replay --venue conch-house --until '2026-03-14 20:15'
      up to that moment on the venue's own clock (2026-03-14T20:15Z is UTC)
  comanda replay --venue conch-house --json
      for programs: a line of JSON for each event
  comanda replay --venue house
      the house's own ledger, which belongs to no venue: accounts and log-ins

Each event is told with its position, the time on the venue's own clock, who did it, and its tag
(docs/events.md says what each one means). Below an event of an order is what the order and its
bill had come to just then, by the same code that decides today. Reading changes and records nothing.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "replay",
        help="tell what happened in a venue or to an order",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Tell what happened in a venue or to one order, event by event, in sentences.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--venue", required=True, metavar="SLUG", help="the venue; or house, for the accounts")
    parser.add_argument("--order", type=order, metavar="ORDER", help="only this order: its id, or its number")
    parser.add_argument("--until", type=until, metavar="WHEN", help="stop after this position, day or time")
    parser.add_argument("--with-notes", action="store_true", help="unseal people's own words and names")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each event")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    from cli.replaying.telling import Wanted, tell

    wanted = Wanted(
        slug=chosen.venue,
        order=chosen.order,
        until=chosen.until,
        with_notes=chosen.with_notes,
        as_json=chosen.json,
    )
    try:
        asyncio.run(tell(settings_or_demo(), wanted, sys.stdout.write))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever was reading (`| head`) has had enough; what is left must not be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def order(text: str) -> UUID | int:
    """An order's id, or its number with or without the #."""
    if re.fullmatch(r"#?[0-9]{1,9}", text):
        return int(text.removeprefix("#"))
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither an order's id nor its number") from None


def until(text: str) -> int | date | datetime:
    """A position, a day, or a time; one without a zone is on the venue's clock."""
    if re.fullmatch(r"[0-9]{1,18}", text):
        return int(text)
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9-]{10}", text) else datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a position (120), nor a day (2026-03-14), nor a time (2026-03-14 20:15)"
        ) from None
