"""The whole suite uses the plugin that is there for everybody who builds on Comanda."""

pytest_plugins = ["tests.fixtures.profiles", "tests.fixtures.plugin"]
