"""The settings of a command, or why there are none."""

from cli.errors import CommandFailed
from infrastructure.settings import Settings, SettingsAreWrong, settings_from


def settings_or_fail() -> Settings:
    try:
        return settings_from()
    except SettingsAreWrong as wrong:
        raise CommandFailed(f"the settings are wrong.\n{wrong}") from None
