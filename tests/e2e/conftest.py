"""End to end: over HTTP as clients speak it, on a real PostgreSQL, with a worker and a simulated gateway."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the mark with which a test names the rows of the contract that it shows."""
    config.addinivalue_line("markers", "contract(*rows): shows these rows of the contract (tests/e2e/contract.py)")
