"""Every setting there is: its variable, its limits, what it means and what it is when unset.

They are read from the environment once, at start, and all that is wrong is said at once: each complaint names the
variable, the limit that it breaks and what the variable is for. A value is never repeated, for it may be a secret.
"""

import os
from collections.abc import Mapping
from typing import Annotated, Any, get_type_hints

import msgspec
import psycopg
from msgspec import Meta, Struct
from msgspec.inspect import Metadata, type_info
from msgspec.structs import fields
from psycopg.conninfo import conninfo_to_dict

PREFIX = "COMANDA_"
NAMES_OF_THEIR_OWN = {"database_url": "DATABASE_URL"}
SECRETS = frozenset(
    {"database_url", "migrate_url", "jwt_secret", "jwt_secret_before", "instance_secret", "gateway_password"}
)


class SettingsAreWrong(Exception):
    """What is wrong with the environment, a line for each variable."""


class Settings(Struct, frozen=True, kw_only=True):
    """Seconds end in `_s`. `DATABASE_URL` and `COMANDA_JWT_SECRET` have no default; the demo makes its own."""

    database_url: Annotated[
        str, Meta(min_length=1, description="the application's log-in: postgresql://user:password@host:port/database")
    ]
    migrate_url: Annotated[
        str, Meta(description="the log-in that owns the tables and migrates them; DATABASE_URL if unset")
    ] = ""
    jwt_secret: Annotated[
        str, Meta(min_length=32, description="signs staff tokens; at least 32 random characters, one for all processes")
    ]
    jwt_secret_before: Annotated[
        str, Meta(pattern="^(.{32,})?$", description="the JWT secret before this one, while its tokens still hold")
    ] = ""
    instance_secret: Annotated[
        str,
        Meta(
            pattern="^(.{32,})?$",
            description="turns e-mail addresses into account ids, for ever; derived from the JWT secret if unset, "
            "so set it before you replace that one",
        ),
    ] = ""

    demo: Annotated[
        bool, Meta(description="1 admits the demo's public passwords and seed, never where guests are; else 0")
    ] = False
    host: Annotated[str, Meta(min_length=1, description="the address that the API listens on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="the API's port")] = 8000
    operators_port: Annotated[
        int, Meta(ge=0, le=65535, description="/metrics, on the loopback address only; 0: nowhere")
    ] = 0
    public_url: Annotated[
        str,
        Meta(pattern="^(https?://[^/@]+)?$", description="what tables' codes point to; the request's host if unset"),
    ] = ""
    api_workers: Annotated[int, Meta(ge=1, le=64, description="processes that serve the API")] = 1
    log_level: Annotated[
        str, Meta(pattern="^(debug|info|warning|error)$", description="debug, info, warning or error")
    ] = "info"

    database_pool_max: Annotated[int, Meta(ge=2, le=200, description="database connections of one process")] = 10
    database_timeout_s: Annotated[
        float, Meta(gt=0, le=60, description="how long one call to the database may take")
    ] = 3.0

    gateway_url: Annotated[str, Meta(pattern="^https?://[^/@]+$", description="the card gateway, without a path")] = (
        "http://127.0.0.1:8001"
    )
    gateway_id: Annotated[str, Meta(description="the merchant's PowerTranz-PowerTranzId")] = ""
    gateway_password: Annotated[str, Meta(description="the merchant's PowerTranz-PowerTranzPassword")] = ""
    gateway_timeout_s: Annotated[
        float, Meta(gt=0, le=120, description="how long an answer of the gateway is waited for")
    ] = 10.0

    reconcile_interval_s: Annotated[
        float, Meta(gt=0, le=3600, description="how often the worker looks for payments that nobody came back for")
    ] = 5.0
    settle_after_s: Annotated[
        float,
        Meta(
            gt=0,
            le=3600,
            description="how long a started payment may be without an outcome before the worker settles it; one whose "
            "outcome is unknown it looks up at once, and rules out after the venue's unknown_settle_delay_s",
        ),
    ] = 30.0
    projections_at_once: Annotated[int, Meta(ge=1, le=64, description="venues that one worker projects at a time")] = 4
    projections_poll_s: Annotated[
        float, Meta(gt=0, le=60, description="how often the worker looks for events that no hint told it about")
    ] = 0.2

    access_token_ttl_s: Annotated[int, Meta(ge=1, le=900, description="how long a staff token holds")] = 900
    refresh_token_ttl_s: Annotated[int, Meta(ge=1, le=7_776_000, description="how long a log-in lasts unused")] = (
        2_592_000
    )
    login_failures_max: Annotated[
        int, Meta(ge=1, le=1000, description="failed log-ins of one account from one address in the window")
    ] = 10
    login_failures_per_address_max: Annotated[
        int, Meta(ge=1, le=100_000, description="failed log-ins from one address in the window")
    ] = 100
    login_window_s: Annotated[int, Meta(ge=1, le=86_400, description="how long a failed log-in counts")] = 900
    requests_per_s_max: Annotated[
        int, Meta(ge=1, le=1_000_000, description="requests a second from one address, in one process")
    ] = 100

    def __repr__(self) -> str:
        told = {name: "…" if name in SECRETS else getattr(self, name) for name in self.__struct_fields__}
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in told.items())})"

    @property
    def owner_url(self) -> str:
        """The log-in that migrates."""
        return self.migrate_url or self.database_url

    @property
    def app_role(self) -> str:
        """The role that DATABASE_URL logs in as: the one that the migrator grants to."""
        return str(conninfo_to_dict(self.database_url).get("user") or "")


def variable(field: str) -> str:
    """The environment variable of a field."""
    return NAMES_OF_THEIR_OWN.get(field, PREFIX + field.upper())


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises `SettingsAreWrong` with everything that is wrong."""
    hints = get_type_hints(Settings, include_extras=True)
    values: dict[str, Any] = {}
    complaints: list[str] = []
    for field in fields(Settings):
        text = environment.get(variable(field.name), "").strip()
        if not text:
            if field.required:
                complaints.append(f"{variable(field.name)} ({meaning(field.name)}) is not set.")
            continue
        try:
            values[field.name] = msgspec.convert(text, hints[field.name], strict=False)
        except msgspec.ValidationError as refused:
            # Told by msgspec without the value: "Expected `int` <= 65535".
            complaints.append(f"{variable(field.name)} ({meaning(field.name)}): {refused}.")
    complaints += [
        f"{variable(name)} ({meaning(name)}) is not a PostgreSQL URL with a user."
        for name in ("database_url", "migrate_url")
        if name in values and not _is_url(values[name])
    ]
    if complaints:
        raise SettingsAreWrong("\n".join(complaints))
    return Settings(**values)


def meaning(field: str) -> str:
    """What a setting is for, as `comanda doctor` tells it."""
    info = type_info(get_type_hints(Settings, include_extras=True)[field])
    described = info.extra_json_schema if isinstance(info, Metadata) else None
    return str((described or {}).get("description", ""))


def _is_url(text: str) -> bool:
    try:
        return bool(conninfo_to_dict(text).get("user"))
    except psycopg.ProgrammingError:
        # libpq's complaint repeats the password, so nothing of it is kept.
        return False
