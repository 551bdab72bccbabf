"""The wish to die: it is heeded at its step and time, and never where it was not asked for by a test."""

import asyncio
import signal
import sys

import pytest

from application.steps import NobodyWatches, Step
from infrastructure.settings import SettingsAreWrong
from infrastructure.steps import DiesAt, last_words, steps_from
from tests.faults.programs import ROOT

PROGRAM = """
import asyncio
from application.steps import Step
from infrastructure.steps import DiesAt

async def live():
    steps = DiesAt(Step.PAY_CHARGED, 2)
    for step in (Step.PAY_STARTED, Step.PAY_CHARGED, Step.PAY_RECORDED, Step.PAY_CHARGED, Step.PAY_RECORDED):
        await steps.reached(step)
        print(step.value, flush=True)

asyncio.run(live())
"""


async def test_a_process_dies_at_its_step_and_not_before() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, last = await process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert said.decode().split() == ["pay.started", "pay.charged", "pay.recorded"]
    assert last.decode() == last_words(Step.PAY_CHARGED)


def test_a_step_and_which_time_are_read_from_the_environment() -> None:
    steps = steps_from({"COMANDA_TESTING": "1", "COMANDA_CRASH_AT": "pay.charged:2"})
    assert isinstance(steps, DiesAt)
    assert (steps.step, steps.nth) == (Step.PAY_CHARGED, 2)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"COMANDA_CRASH_AT": "pay.charged"},
        {"COMANDA_CRASH_AT": "pay.charged", "COMANDA_TESTING": "0"},
        {"COMANDA_CRASH_AT": "", "COMANDA_TESTING": "1"},
    ],
)
def test_nobody_dies_outside_of_tests(environment: dict[str, str]) -> None:
    assert isinstance(steps_from(environment), NobodyWatches)


@pytest.mark.parametrize("wish", ["pay.dreamt", "pay.charged:0", "pay.charged:often", ":1"])
def test_a_crash_at_no_known_step_is_told_at_start(wish: str) -> None:
    with pytest.raises(SettingsAreWrong, match="COMANDA_CRASH_AT"):
        steps_from({"COMANDA_TESTING": "1", "COMANDA_CRASH_AT": wish})
