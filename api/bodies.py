"""From bytes to a checked struct, or sentences that name the fields that are wrong.

Bodies are decoded strictly: `true` and `"2"` are no integers, unknown fields are refused, and a required text must
say something. `Words` and its kin below are the shapes that bodies are made of.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from math import isinf
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Request
from msgspec import Meta, Struct

from api.faults import fault, faults_of_body
from api.problems import Failure
from api.sentences import NO_NUL, NOT_BLANK, bounds
from domain.shared.money import AMOUNT_MAX
from domain.shared.validation import Fault

NOTES_MAX: Final = 10_000
KEY_MAX: Final = 255

Words = Annotated[str, Meta(min_length=1, max_length=200, pattern=NOT_BLANK)]
"""A required text: a name, a code, a token."""

Notes = Annotated[str, Meta(max_length=NOTES_MAX, pattern=NO_NUL)]
"""Free text, given back exactly as it was sent."""

Reason = Annotated[str, Meta(min_length=1, max_length=NOTES_MAX, pattern=NOT_BLANK)]
"""A text that must say something, at length if need be."""

Key = Annotated[str, Meta(min_length=1, max_length=KEY_MAX, pattern=NOT_BLANK)]
"""An idempotency key."""

Quantity = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
AmountMinor = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]

AnyAmount = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX), bounds(1, AMOUNT_MAX)]
"""An amount to pay or to give back. Less than 1 is the bill's to refuse, as AMOUNT_INVALID."""


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body: nothing in it but what is named."""


class Nothing(Shape, frozen=True):
    """A body that has nothing to say."""


S = TypeVar("S", bound=Shape)

_AT: Final = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED: Final = re.compile(r"field `(?P<name>[^`]*)`")


async def body_of(request: Request[Any, Any, Any], shape: type[S]) -> S:
    """The request's body as that shape. Raises Failure: VALIDATION_ERROR, UNSUPPORTED_MEDIA_TYPE.

    No body is as good as `{}`. One that is longer than the app allows is refused by the framework while it is read.
    """
    raw = await request.body()
    if not raw:
        return decoded(b"{}", shape)
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json" and not content_type.endswith("+json"):
        raise Failure("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.")
    return decoded(raw, shape)


def decoded(raw: bytes, shape: type[S]) -> S:
    """The bytes as that shape. Raises Failure: VALIDATION_ERROR naming every field that is wrong."""
    try:
        decoder: msgspec.json.Decoder[S] = _decoder(shape)
        return decoder.decode(raw)
    except msgspec.ValidationError as wrong:
        raise _refusal(raw, shape, str(wrong)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise _no_json(raw, wrong) from None


def id_in_path(text: str, code: str, message: str) -> UUID:
    """The id in a path. One that is malformed names nothing, so it answers like one that is not there."""
    try:
        return UUID(text)
    except ValueError:
        raise Failure(code, message) from None


def in_utc(field: str, moment: datetime) -> datetime:
    """The same moment in UTC, as every time is kept and told. Raises Failure: VALIDATION_ERROR naming the field."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise wrong_field(field, "must lie in the years 1 to 9999") from None


@lru_cache
def _decoder(shape: type[S]) -> msgspec.json.Decoder[S]:
    return msgspec.json.Decoder(shape)


def wrong_field(field: str, what: str) -> Failure:
    """A failure that names one field; its name and `what` are a sentence without its full stop."""
    return wrong_fields([fault(field, what)])


def wrong_fields(faults: Sequence[Fault]) -> Failure:
    """A failure that names every field that is wrong; its message is the first one's."""
    errors = [{"field": each.field, "message": each.message} for each in faults]
    return Failure("VALIDATION_ERROR", faults[0].message, errors=errors)


def _refusal(raw: bytes, shape: type[Struct], message: str) -> Failure:
    """All that is wrong with what the decoder refused with that message."""
    try:
        found = faults_of_body(raw, shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        return _no_json(raw, wrong)
    except RecursionError:
        found = ()
    return wrong_fields(found or [_first_fault(message)])


def _first_fault(message: str) -> Fault:
    """The fault that the decoder itself named: of a field that stands twice it refuses what the last one hides."""
    at = _AT.search(message)
    path = at["path"] if at else ""
    named = _NAMED.search(message)
    if named is None:
        return fault(path or "body", "is not right")
    path = f"{path}.{named['name']}" if path else named["name"]
    return fault(path, "is not known here" if "unknown field" in message else "is required")


def _no_json(raw: bytes, wrong: Exception) -> Failure:
    """Why the decoder could not read it. JavaScript's numbers and half a surrogate pair are refused by their field."""
    if isinstance(wrong, UnicodeDecodeError):
        return Failure("VALIDATION_ERROR", "The body is not UTF-8.")
    try:
        value = json.loads(raw, parse_constant=_NoNumber)
    except (ValueError, RecursionError):
        return Failure("VALIDATION_ERROR", "The body is not JSON.")
    for path, odd in _oddities(value):
        return wrong_field(path or "body", odd)
    return Failure("VALIDATION_ERROR", "The body is not JSON.")


class _NoNumber(str):
    """`NaN`, `Infinity` or `-Infinity`, which Python's own decoder would take for numbers."""

    __slots__ = ()


def _oddities(value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    """The path of every text or name that holds half of a surrogate pair, and of every number that is none."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, value = waiting.pop()
        match value:
            case _NoNumber():
                yield path, f"is {value}, which is not JSON"
            case float() if isinf(value):
                yield path, "is a larger number than there is"
            case str() if any("\ud800" <= character <= "\udfff" for character in value):
                yield path, "holds half of a surrogate pair, which is no text"
            case dict():
                for name, inner in value.items():
                    clean = str(name).encode("utf-8", "replace").decode()
                    waiting.append((f"{path}.{clean}" if path else clean, inner))
                    if clean != name:
                        yield clean, "holds half of a surrogate pair, which is no name"
            case list():
                waiting.extend((f"{path}[{index}]", inner) for index, inner in enumerate(value))
            case _:
                pass
