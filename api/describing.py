"""What an endpoint says about itself, beside its path and its docstring; the OpenAPI document is made of it."""

from typing import Any, Final

from msgspec import Struct

OPT: Final = "says"
"""The key under which a handler carries its `Says`."""


class Says(Struct, frozen=True, kw_only=True):
    """An endpoint's body, query and answer as types, the status of its success, and the refusals of its own.

    `content`: the media type of an answer that is not made of a type. `tagged`: it has an ETag and may answer 304.
    `later`: what a 202 answers, where it may take long. Refusals that follow from who may call it, or from having a
    body, are added where the document is made.
    """

    body: type[Any] | None = None
    query: type[Any] | None = None
    answers: Any = None
    status: int = 200
    listed: bool = False
    keyed: bool = False
    content: str = "application/json"
    tagged: bool = False
    later: type[Any] | None = None
    refusals: tuple[str, ...] = ()


def says(**described: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of Says, which judges them
    """Describe an endpoint, in the form in which the framework carries it: `@get("/cart", opt=says(...))`."""
    return {OPT: Says(**described)}
