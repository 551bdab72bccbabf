"""What an endpoint says about itself, beside its path and its docstring; the OpenAPI document is made of it."""

from typing import Any, Final

from msgspec import Struct

OPT: Final = "says"
"""The key under which a handler carries its `Says`."""


class Says(Struct, frozen=True, kw_only=True):
    """An endpoint's body, query and answer as types, the status of its success, and the refusals of its own.

    Refusals that follow from who may call it, or from having a body, are added where the document is made.
    """

    body: type[Any] | None = None
    query: type[Any] | None = None
    answers: Any = None
    status: int = 200
    listed: bool = False
    keyed: bool = False
    refusals: tuple[str, ...] = ()


def says(
    *,
    body: type[Any] | None = None,
    query: type[Any] | None = None,
    answers: Any = None,  # noqa: ANN401 - a type, or anything else that msgspec takes for one
    status: int = 200,
    listed: bool = False,
    keyed: bool = False,
    refusals: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Describe an endpoint, in the form in which the framework carries it: `@get("/cart", opt=says(...))`."""
    return {
        OPT: Says(body=body, query=query, answers=answers, status=status, listed=listed, keyed=keyed, refusals=refusals)
    }
