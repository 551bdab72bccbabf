"""What several commands take as an argument, and how a wrong one is refused."""

import argparse

PORT_MAX = 65_535


def port(text: str) -> int:
    """A TCP port that can be listened on."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= PORT_MAX):
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to {PORT_MAX})")
    return int(text)
