"""A program that holds a database for as long as its standard input is open; the tests of the launcher kill it."""

import json
import sys
from pathlib import Path

from infrastructure.postgres import postgres


def main() -> None:
    """Argument 1: the folder; argument 2: `keep` or `drop`. Prints one line of JSON once the database is there."""
    with postgres(Path(sys.argv[1]), keep=sys.argv[2] == "keep") as server:
        log_ins = {"dsn": server.dsn, "app_dsn": server.app_dsn, "admin_dsn": server.admin_dsn}
        sys.stdout.write(json.dumps(log_ins) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
