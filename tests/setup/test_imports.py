"""What import-linter cannot see: that nothing unknown to it crept into the domain, and that imports are plain."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.setup.processes import ROOT

PACKAGES = ("api", "application", "cli", "domain", "infrastructure", "projections")


def imported(package: str) -> Iterator[tuple[str, str]]:
    """Every imported top-level name of a package, with the file that imports it."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((str(path.relative_to(ROOT)), alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield str(path.relative_to(ROOT)), (node.module or "").split(".")[0]


def test_the_domain_imports_msgspec_and_the_standard_library_only() -> None:
    allowed = {*sys.stdlib_module_names, "msgspec", "domain"}
    assert [found for found in imported("domain") if found[1] not in allowed] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_annotations_are_real_for_litestar_and_msgspec_read_them(package: str) -> None:
    # Split, so that this file does not hold what it looks for.
    forbidden = ("from __future__ " + "import annotations", "if TYPE" + "_CHECKING")
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    assert [path for path in files if any(words in path.read_text() for words in forbidden)] == []


def test_the_reaper_imports_the_standard_library_only() -> None:
    reaper = {name for path, name in imported("infrastructure") if path.endswith("postgres/reaper.py")}
    assert reaper
    assert reaper <= sys.stdlib_module_names
