"""Premises for each module, and a worker that runs beside most of its tests."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from infrastructure.postgres import Server
from tests.faults.premises import Premises, premises
from tests.faults.programs import Program, programs

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the twenty runs of each step to those who ask for them: `-m soak`, or `python -m tests.faults`."""
    if "soak" in str(config.getoption("markexpr")):
        return
    long = [item for item in items if item.get_closest_marker("soak") and item.path.parent == FOLDER]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="module", name="premises")
async def open_premises(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Premises]:
    """A database and a simulator that are this module's own."""
    async with premises(server, tmp_path_factory.mktemp("premises")) as made:
        yield made


@pytest.fixture
def luck() -> Random:
    """The same pauses each time."""
    return Random(1)  # noqa: S311 - to be drawn again, not to be secret


@pytest.fixture(scope="module")
async def worker(premises: Premises) -> AsyncIterator[Program]:
    """A worker; nobody kills it."""
    program = premises.worker()
    async with programs(program):
        program.start()
        yield program
