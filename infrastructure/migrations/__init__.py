"""How the database becomes what the program expects: numbered SQL files, applied once each, in order.

A file is named `NNNN_what.sql` and never changes once it was applied anywhere; `grants.sql` is applied at every run.
"""

from infrastructure.migrations.runner import DatabaseDisagrees, ExtraStep, migrate

__all__ = ["DatabaseDisagrees", "ExtraStep", "migrate"]
