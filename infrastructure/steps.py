"""A process that dies where a test wants it to. Anywhere else nobody watches how far things are.

`COMANDA_CRASH_AT=pay.charged:2` has this process killed, as by kill −9, when it reaches that step for the second time.
It holds only beside `COMANDA_TESTING=1`, so that no slip in a real house's environment can bring it down.
"""

import os
import signal
from collections.abc import Mapping
from typing import Final

from application.steps import NobodyWatches, Step, Steps
from infrastructure.settings import SettingsAreWrong

CRASH_AT: Final = "COMANDA_CRASH_AT"
TESTING: Final = "COMANDA_TESTING"
STDERR: Final = 2
WRONG: Final = (
    f"{CRASH_AT} (where a test wants the process to die) has to be a known step, like pay.charged or pay.charged:2."
)


class DiesAt:
    """Fulfils `application.steps.Steps`: kills this process at the nth time that a step is reached, counted from 1."""

    def __init__(self, step: Step, nth: int = 1) -> None:
        """Begin to count."""
        self.step = step
        self.nth = nth
        self._times = 0

    async def reached(self, step: Step) -> None:
        """Say the last words and die, if this is the moment; nothing after this line happens then."""
        if step is not self.step:
            return
        self._times += 1
        if self._times == self.nth:
            os.write(STDERR, last_words(step).encode())
            os.kill(os.getpid(), signal.SIGKILL)


def last_words(step: Step) -> str:
    """What a process that dies at a step leaves in its log."""
    return f"killed at {step.value}\n"


def steps_from(environment: Mapping[str, str]) -> Steps:
    """Who watches the steps of this process. Raises SettingsAreWrong where a crash is asked for at no known step."""
    wanted = environment.get(CRASH_AT, "")
    if not wanted or environment.get(TESTING) != "1":
        return NobodyWatches()
    name, _, nth = wanted.partition(":")
    try:
        step, times = Step(name), int(nth or 1)
    except ValueError:
        raise SettingsAreWrong(WRONG) from None
    if times < 1:
        raise SettingsAreWrong(WRONG)
    return DiesAt(step, times)
