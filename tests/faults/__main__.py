"""`python -m tests.faults --runs 20`: every step of placing and paying, so many seeds each; as long as you like."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from application.steps import Step
from infrastructure.postgres import postgres
from infrastructure.simulator.teller import Repeat
from tests.faults.plans import Plan, plan
from tests.faults.premises import premises
from tests.faults.programs import programs
from tests.faults.runs import Result, run_all

BAR_WIDTH = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 if nothing was lost and nothing happened twice, else 1."""
    chosen = _parser().parse_args(arguments)
    steps = [Step(name) for name in chosen.step] if chosen.step else list(Step)
    seeds = [chosen.seed] if chosen.seed is not None else list(range(chosen.runs))
    began_s = monotonic()
    results = asyncio.run(_carried_out([plan(step, seed) for seed in seeds for step in steps], chosen.at_once))
    bad = [result for result in results if result.violations or not result.died]
    for result in bad:
        again = f"--step {result.plan.step} --seed {result.plan.seed}"
        for violation in result.violations or ["the step was never reached."]:
            sys.stdout.write(f"{again}: {violation}\n")
    orders = sum(len(result.evidence.orders) for result in results)
    charges = sum(len(result.evidence.charges) for result in results)
    sys.stdout.write(
        f"{len(results)} runs, {orders} orders, {charges} charges in {monotonic() - began_s:.0f} s;"
        f" {len(bad)} runs went wrong.\n"
    )
    return 1 if bad else 0


async def _carried_out(plans: Sequence[Plan], at_once: int) -> list[Result]:
    progress = _Progress(len(plans))
    results: list[Result] = []
    with (
        tempfile.TemporaryDirectory(prefix="comanda-faults-") as folder,
        postgres(Path(".comanda/tests"), keep=False) as server,
    ):
        async with premises(server, Path(folder)) as made:
            worker = made.worker()
            async with programs(worker):
                worker.start()
                for k, repeat in enumerate(Repeat):
                    await made.repeats(repeat)
                    some = [each for each in plans if each.seed % len(Repeat) == k]
                    results += await run_all(made, some, at_once=at_once, ended=progress.ended)
    return results


class _Progress:
    """A bar that grows with each run."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._bad = 0

    def ended(self, result: Result) -> None:
        self._done += 1
        self._bad += bool(result.violations) or not result.died
        filled = BAR_WIDTH * self._done // self._total
        bar = "█" * filled + "·" * (BAR_WIDTH - filled)
        told = f"{self._done}/{self._total}  {self._bad} wrong  {result.plan.step} #{result.plan.seed}"
        sys.stderr.write(f"\r{bar} {told:<60}{'' if self._done < self._total else chr(10)}")
        sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Kill −9 the API at each step of placing and paying while guests are at it, start it again, and "
        "hold what everybody was told against the ledger and the gateway's books.",
    )
    parser.add_argument("--runs", type=int, default=1, help="seeds for each step (default: %(default)s)")
    parser.add_argument("--step", action="append", choices=[step.value for step in Step], help="only this step")
    parser.add_argument("--seed", type=int, help="only this seed")
    parser.add_argument("--at-once", type=int, default=4, help="runs side by side (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
