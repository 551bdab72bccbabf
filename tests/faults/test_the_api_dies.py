"""Kill −9 of the API at every step of placing and paying, while several guests are at it."""

import pytest

from application.steps import Step
from infrastructure.simulator.teller import Repeat
from tests.faults.plans import Plan, plan
from tests.faults.premises import Premises
from tests.faults.programs import Program
from tests.faults.runs import Result, run_all

PAYING = (Step.PLACE_JUDGED, Step.PLACED, Step.PAY_JUDGED, Step.PAY_STARTED, Step.PAY_CHARGED, Step.PAY_RECORDED)
PLANS = (*(plan(step, 0) for step in Step), *(plan(step, 1) for step in PAYING))
AT_ONCE = 5
SOAK_RUNS = 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plans", "repeat"),
    [
        pytest.param(PLANS[:7], Repeat.REFUSE, id="placing and paying"),
        pytest.param(PLANS[7:14], Repeat.CHARGE_AGAIN, id="settling and refunding"),
        pytest.param(PLANS[14:], Repeat.REPLAY, id="placing and paying again"),
    ],
)
async def test_nothing_is_lost_and_nothing_is_done_twice_when_the_api_is_killed(
    premises: Premises, worker: Program, plans: tuple[Plan, ...], repeat: Repeat
) -> None:
    await premises.repeats(repeat)
    results = await run_all(premises, plans, at_once=AT_ONCE)
    assert len(results) == len(plans)
    assert [shortly(result) for result in results if result.violations or not result.died] == []
    assert worker.running


def test_every_step_has_its_run() -> None:
    assert {each.step for each in PLANS} == set(Step)
    assert len(PLANS) == 20


@pytest.mark.soak
@pytest.mark.parametrize("step", list(Step))
async def test_nothing_is_lost_and_nothing_is_done_twice_in_twenty_runs(
    premises: Premises, worker: Program, step: Step
) -> None:
    for k, repeat in enumerate(Repeat):
        await premises.repeats(repeat)
        plans = [plan(step, seed) for seed in range(k, SOAK_RUNS, len(Repeat))]
        results = await run_all(premises, plans, at_once=AT_ONCE)
        assert [shortly(result) for result in results if result.violations or not result.died] == []
    assert worker.running


def shortly(result: Result) -> str:
    """How to see it again, and what was wrong."""
    again = f"python -m tests.faults --step {result.plan.step} --seed {result.plan.seed}"
    return f"{again}: {'; '.join(result.violations) or 'the step was never reached'}"
