"""The settings of a command, or why there are none."""

import os
import sys
from collections.abc import Mapping

from cli import demo_home
from cli.errors import CommandFailed
from infrastructure.settings import Settings, SettingsAreWrong, settings_from

NAMES_A_SYSTEM = ("DATABASE_URL", "COMANDA_JWT_SECRET")


def settings_or_fail(environment: Mapping[str, str] = os.environ, *, remedy: str = "") -> Settings:
    try:
        return settings_from(environment)
    except SettingsAreWrong as wrong:
        raise CommandFailed(f"the settings are wrong.\n{wrong}{remedy}") from None


def environment_or_demo(environment: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The environment; or, where it names no system at all, that of the demo that runs in this folder, and says so."""
    demo = None if _names_a_system(environment) else demo_home.environment_of_running(demo_home.HOME)
    if demo is None:
        return environment
    sys.stderr.write("comanda: with the settings of the demo that runs in this folder\n")
    return {**environment, **demo}


def settings_or_demo() -> Settings:
    """For commands that look at a system, or do something to one."""
    environment = environment_or_demo()
    is_told = _names_a_system(environment)
    return settings_or_fail(
        environment, remedy="" if is_told else "\nThe demo would do, but it does not run (make demo)."
    )


def _names_a_system(environment: Mapping[str, str]) -> bool:
    return any(environment.get(name, "").strip() for name in NAMES_A_SYSTEM)
