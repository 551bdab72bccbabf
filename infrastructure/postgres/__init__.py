"""PostgreSQL without installing it: `with postgres(folder) as server: server.dsn`.

Why our own, and how it holds under kill −9, is told in `launcher.py`; who stops the server in the end, in `reaper.py`.
"""

from infrastructure.postgres.launcher import forget, postgres
from infrastructure.postgres.server import PostgresUnavailable, Server

__all__ = ["PostgresUnavailable", "Server", "forget", "postgres"]
