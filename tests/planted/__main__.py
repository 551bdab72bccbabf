"""`python -m tests.planted` plants every fault in turn and says which were noticed. Exits 1 if one was not."""

import sys

from tests.planted.planting import plant_all


def main() -> int:
    """Print a line per fault, the survivors last."""
    verdicts = plant_all(sys.stdout.write)
    wrong = [verdict for verdict in verdicts if not verdict.killed]
    for verdict in wrong:
        sys.stdout.write(f"\n{verdict.name}: {verdict.outcome}\n{verdict.output}\n")
    sys.stdout.write(f"{len(verdicts) - len(wrong)} of {len(verdicts)} planted faults were noticed.\n")
    return 1 if wrong else 0


sys.exit(main())
