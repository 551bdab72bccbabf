"""`comanda projections`: which read models are stuck or late, and how a stuck one goes on."""

import argparse
import asyncio

from cli.environment import settings_or_demo
from cli.errors import Commands

DESCRIPTION = """\
A read model (menu, kitchen_board, order_list, unsettled) is built from each venue's events by comanda
worker. One that meets an event it cannot apply is parked, for that venue alone, right before that
event; nothing is skipped. One that has not seen everything yet is behind, and without a worker stays so.
"""
EXAMPLES = """\
examples:
  comanda projections status
      who is parked, who is behind; the exit status is 1 if any is parked
  comanda replay --venue conch-house --until 120
      the event that parked one before position 120
  comanda projections resume kitchen_board --venue conch-house
      once the cause is mended: go on, with that very event
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "projections",
        help="tell which read models are stuck or late, and resume them",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    status = actions.add_parser("status", help="who is parked, and who is behind")
    status.set_defaults(run=_status)
    resume = actions.add_parser("resume", help="let a parked one go on, with the event that parked it")
    resume.add_argument("name", metavar="NAME", help="the read model, with its version or without")
    resume.add_argument("--venue", required=True, metavar="SLUG", help="the venue; or house, for the accounts' ledger")
    resume.set_defaults(run=_resume)


def _status(_: argparse.Namespace) -> int:
    from cli.read_models import status

    found = asyncio.run(status(settings_or_demo()))
    print("\n".join(found.lines))
    return 1 if found.parked else 0


def _resume(chosen: argparse.Namespace) -> int:
    from cli.read_models import resumed

    print(asyncio.run(resumed(settings_or_demo(), chosen.name, chosen.venue)))
    return 0
