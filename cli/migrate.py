"""`comanda migrate`: brings the database to where this version needs it."""

import argparse

from cli.environment import settings_or_demo
from cli.errors import CommandFailed, Commands
from infrastructure.settings import Settings


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "migrate",
        help="bring the database up to date",
        description="Apply the numbered SQL files that are missing, create the read models' schemas and grant the "
        "application's role (the user of DATABASE_URL) what it needs, as COMANDA_MIGRATE_URL. Several at once wait for "
        "one another; a file that was changed after it was applied is refused.",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    for line in migrated(settings_or_demo(), dry_run=chosen.dry_run):
        print(line)
    return 0


def migrated(settings: Settings, *, dry_run: bool = False) -> list[str]:
    """Migrate, and say what was done (or, in a dry run, would be), a line each. Raises `CommandFailed`."""
    import psycopg

    from infrastructure.migrations.runner import DatabaseDisagrees, migrate
    from infrastructure.projecting.schemas import projection_schemas

    try:
        return migrate(
            settings.owner_url, app_role=settings.app_role, dry_run=dry_run, extra_steps=[projection_schemas()]
        )
    except DatabaseDisagrees as refused:
        raise CommandFailed(str(refused)) from None
    except psycopg.OperationalError as away:
        raise CommandFailed(f"the database cannot be reached or did not answer in time: {away}") from None
