"""What the programs say of themselves: a JSON line for each event, on standard output.

Lines have names and numbers in them, never bodies, tokens, texts or what an error's message repeats of them.
"""

import logging
import sys
from typing import Any, Final

import msgspec
import structlog

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def write_logs(level: str) -> None:
    """From now on, write everything of that level (debug, info, warning, error) and above."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    # Libraries speak through the standard library; what they have to say begins at warnings.
    logging.basicConfig(level=max(LEVELS[level], logging.WARNING), handlers=[_Lines()], force=True)


class _Lines(logging.Handler):
    """Passes the standard library's records on, as lines like all others."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record: the logger's name and its sentence, without a traceback, whose values nobody vetted."""
        error = record.exc_info[0] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno,
            record.getMessage(),
            logger=record.name,
            **({"error": error.__name__} if error else {}),
        )


def _json(event: Any, **_: object) -> bytes:  # noqa: ANN401 - a line's fields
    return msgspec.json.encode(event, enc_hook=str)
