"""The golden files: `python -m tests.replay.golden --write-missing` writes those that are missing, never others.

Each file of golden/ is one event's bytes exactly as a ledger stores them, nothing before and nothing after. A new kind
of event needs an example under examples/ and then this command; a kind that has learnt another field, an example of a
new variant; one that changed its shape, a new tag and an upcaster.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

from infrastructure.codec import Codec
from infrastructure.vocabulary import EVENT_TYPES
from tests.replay.examples import ALL
from tests.replay.once import write_once

GOLDEN: Final = Path(__file__).parent / "golden"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replay.golden", description=__doc__)
    parser.add_argument("--write-missing", action="store_true", required=True, help="write the files that are missing")
    parser.parse_args()
    codec = Codec(EVENT_TYPES)
    written = [example.file for example in ALL if write_once(GOLDEN, example.file, codec.encode(example.event)[1])]
    print("\n".join(written) or "No golden file is missing.")  # noqa: T201 - said to whoever typed the command
    return 0


if __name__ == "__main__":
    sys.exit(main())
