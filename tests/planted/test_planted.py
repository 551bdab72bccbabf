"""Every planted fault is noticed by the tests that are meant to notice it. `python -m tests.planted` does the same."""

from pathlib import Path

import pytest

from tests.planted.faults import Fault, faults
from tests.planted.planting import plant


@pytest.mark.slow
@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_a_planted_fault_is_noticed(fault: Fault, tmp_path: Path) -> None:
    verdict = plant(fault, tmp_path)
    assert verdict.killed, f"{verdict.outcome}: {verdict.output}"


def test_every_fault_has_a_name_of_its_own_and_stands_where_it_should() -> None:
    names = [fault.name for fault in faults()]
    assert len(set(names)) == len(names) >= 20
    for fault in faults():
        assert fault.place().read_text().count(fault.old) == 1, f"{fault.name}: {fault.file} has changed"
