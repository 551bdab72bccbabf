"""Settings are checked at start, all at once, and no secret is repeated."""

import pytest

from infrastructure.settings import SECRETS, Settings, SettingsAreWrong, meaning, settings_from, variable

NEEDED = {"DATABASE_URL": "postgresql://app:hidden@db.example/comanda", "COMANDA_JWT_SECRET": "hidden" * 8}


def test_two_settings_are_enough() -> None:
    settings = settings_from(NEEDED)
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8000, False)
    assert settings.owner_url == settings.database_url
    assert settings.app_role == "app"


def test_whoever_migrates_may_be_someone_else() -> None:
    settings = settings_from({**NEEDED, "COMANDA_MIGRATE_URL": "postgresql://owner@db.example/comanda"})
    assert settings.owner_url == "postgresql://owner@db.example/comanda"
    assert settings.app_role == "app"


def test_everything_that_is_wrong_is_said_at_once_with_its_variable() -> None:
    with pytest.raises(SettingsAreWrong) as wrong:
        settings_from({"COMANDA_PORT": "65536", "COMANDA_DEMO": "perhaps", "COMANDA_JWT_SECRET": "short"})
    lines = str(wrong.value).splitlines()
    names = ["DATABASE_URL", "COMANDA_JWT_SECRET", "COMANDA_DEMO", "COMANDA_PORT"]
    assert [line.split(" ")[0] for line in lines] == names


@pytest.mark.parametrize("variable_name", ["DATABASE_URL", "COMANDA_MIGRATE_URL"])
@pytest.mark.parametrize("broken", ["hidden", "postgresql://db.example/comanda", "postgresql://app:hidden@[db/x"])
def test_a_database_that_is_no_url_is_refused_without_showing_it(variable_name: str, broken: str) -> None:
    with pytest.raises(SettingsAreWrong) as wrong:
        settings_from({**NEEDED, variable_name: broken})
    assert variable_name in str(wrong.value)
    assert "hidden" not in str(wrong.value)


def test_a_secret_is_not_shown_where_settings_are_printed() -> None:
    settings = settings_from({**NEEDED, "COMANDA_GATEWAY_PASSWORD": "hidden"})
    assert "hidden" not in repr(settings) + str(settings)


def test_every_secret_is_a_setting_and_every_setting_says_what_it_is_for() -> None:
    assert set(Settings.__struct_fields__) >= SECRETS
    assert [variable(name) for name in Settings.__struct_fields__ if not meaning(name)] == []
