"""The page about testing names every fixture that there is: one that is not described is not found."""

from pathlib import Path

from tests.fixtures import plugin, strategies

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
FIXTURE = type(plugin.table)


def test_every_fixture_of_the_plugin_stands_on_the_page_about_testing() -> None:
    fixtures = {name for name, value in vars(plugin).items() if isinstance(value, FIXTURE)}
    assert len(fixtures) > 20
    page = PAGE.read_text(encoding="utf-8")
    assert {name for name in fixtures if f"`{name}`" not in page} == set()


def test_every_strategy_stands_there_too() -> None:
    own = {
        name
        for name, value in vars(strategies).items()
        if callable(value) and value.__module__ == strategies.__name__ and not name.startswith("_")
    }
    page = PAGE.read_text(encoding="utf-8")
    assert {name for name in own if f"`{name}`" not in page} == set()
