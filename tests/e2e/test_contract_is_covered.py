"""Every row of the contract has a test, and no test speaks of a row that there is not."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.contract import ROWS

HERE = Path(__file__).parent


def test_every_row_of_the_contract_has_a_test_that_says_so() -> None:
    assert set(ROWS) - set(rows_named()) == set()


def test_no_test_speaks_of_a_row_that_the_contract_does_not_have() -> None:
    assert set(rows_named()) - set(ROWS) == set()


def rows_named() -> Iterator[str]:
    """What stands in the `contract` marks of all modules here; read, not run, so that a part of the suite may run."""
    for module in HERE.rglob("test_*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="mark"), attr="contract"), args=arguments):
                    yield from (str(row.value) for row in arguments if isinstance(row, ast.Constant))
                case _:
                    pass
