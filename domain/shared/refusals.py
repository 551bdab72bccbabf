"""The tree of refusals, each named for its reason and carrying its code on the wire.

    Refusal
    ├── Missing      what was named is not there (for this caller)
    ├── Forbidden    this caller may not
    └── Refused      a rule says no
        └── Conflicting   not now: the state is against it (a 409 on the wire)

Each aggregate's `errors.py` derives its own; `api/` maps codes to statuses in one table.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """A command that will not be done. `message` is a sentence for the caller that names the field or the remedy."""

    code: ClassVar[str] = "REFUSED"

    def __init__(self, message: str, **details: Any) -> None:  # noqa: ANN401 - whatever JSON can say
        """Keep the sentence and what a client may want to read beside it (plain JSON values)."""
        super().__init__(message)
        self.message = message
        self.details = details


class Missing(Refusal):
    """What was named is not there."""


class Forbidden(Refusal):
    """The caller is known and may not."""

    code = "FORBIDDEN"


class Refused(Refusal):
    """A rule says no."""


class Conflicting(Refused):
    """Not in this state, or not right now."""


class IdTaken(Conflicting):
    """Something else goes by that id already. Ids are made by the server, so nobody should ever see this."""

    code = "ID_TAKEN"


class ValidationFailed(Refused):
    """A value that can never be right, whatever the state; `field` names it."""

    code = "VALIDATION_ERROR"
