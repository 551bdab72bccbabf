"""Yesterday's events in today's words: for each tag that is no longer written, one function that makes it the next.

A stored event is never rewritten. When a shape has to change, the new one gets a new tag, and here one pure function
turns the old raw JSON into the new one on its way to the reader. Old tags chain: v1 becomes v2, v2 becomes v3, so a
function is written once and never touched again.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct


class Upcaster(Struct, frozen=True, kw_only=True):
    """How one old shape becomes the next.

    `becomes` is the next tag; `rewrite` takes the decoded JSON object (its `type` still the old tag) and returns the
    new object, whose `type` is set by the codec. It knows nothing but what it is given.
    """

    becomes: str
    rewrite: Callable[[dict[str, Any]], dict[str, Any]]


def _logged_out_v2(old: dict[str, Any]) -> dict[str, Any]:
    """Version 1 did not tell a wished-for log-out from a stolen token, so version 2 must not pretend to know."""
    return {**old, "cause": "untold"}


UPCASTERS: Final[Mapping[str, Upcaster]] = MappingProxyType(
    {"account.logged-out.v1": Upcaster(becomes="account.logged-out.v2", rewrite=_logged_out_v2)}
)
"""Old tag → what it becomes."""
