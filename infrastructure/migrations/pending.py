"""What a database still lacks, as the application itself can tell: it may look, and change nothing."""

from typing import Any, Final

from psycopg import AsyncConnection

from infrastructure.migrations.runner import FOLDER, numbered_files
from projections.registry import PROJECTIONS

APPLIED: Final = "select name from public.migrations"
THERE: Final = "select to_regclass('public.migrations') is not null"
SCHEMAS: Final = "select nspname from pg_namespace where nspname = any(%s)"


async def pending_migrations(connection: AsyncConnection[Any]) -> list[str]:
    """The numbered files that were not applied yet, and the read models that have no tables yet, by name."""
    row = await (await connection.execute(THERE)).fetchone()
    applied: set[str] = set()
    if row is not None and row[0]:
        applied = {name for (name,) in await (await connection.execute(APPLIED)).fetchall()}
    homes = [projection.home for projection in PROJECTIONS]
    schemas = {name for (name,) in await (await connection.execute(SCHEMAS, (homes,))).fetchall()}
    missing = [migration.name for migration in numbered_files(FOLDER) if migration.name not in applied]
    return missing + [home for home in homes if home not in schemas]
