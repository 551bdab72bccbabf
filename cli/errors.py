"""How a command says that it could not do its work."""

import argparse
from typing import TypeAlias

# What add_subparsers returns; argparse has no public name for it.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


class CommandFailed(Exception):
    """The reason, with a remedy, in words for whoever typed the command."""
