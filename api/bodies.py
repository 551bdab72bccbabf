"""From bytes to a checked struct, or a sentence that names the field that is wrong.

Bodies are decoded strictly: `true` and `"2"` are no integers, unknown fields are refused, and a required text must
say something. `WORDS` and its kin below are the shapes that bodies are made of.
"""

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Final, NoReturn, TypeVar
from uuid import UUID

import msgspec
from litestar import Request
from msgspec import Meta, Struct

from api.problems import Failure
from domain.shared.money import AMOUNT_MAX

NOTES_MAX: Final = 10_000
KEY_MAX: Final = 255

NO_NUL: Final = r"^[^\x00]*\Z"
NOT_BLANK: Final = r"^[^\x00]*[^\s\x00][^\x00]*\Z"

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


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body: nothing in it but what is named."""


class Nothing(Shape, frozen=True):
    """A body that has nothing to say."""


S = TypeVar("S", bound=Shape)

_AT: Final = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED: Final = re.compile(r"field `(?P<name>[^`]*)`")
_REGEX: Final = re.compile(r"matching regex '.*'$", re.DOTALL)


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
    """The bytes as that shape. Raises Failure: VALIDATION_ERROR naming the field."""
    try:
        decoder: msgspec.json.Decoder[S] = _decoder(shape)
        return decoder.decode(raw)
    except msgspec.ValidationError as wrong:
        refuse(str(wrong))
    except UnicodeDecodeError:
        raise Failure("VALIDATION_ERROR", "The body is not UTF-8.") from None
    except (msgspec.DecodeError, RecursionError):
        # A lone surrogate is malformed to the decoder too, which does not say where it stands.
        field = _surrogate_in(raw)
        if field is not None:
            raise wrong_field(field, "it holds half of a surrogate pair, which is no text") from None
        raise Failure("VALIDATION_ERROR", "The body is not JSON.") from None


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
        raise wrong_field(field, "it lies outside of the years 1 to 9999") from None


@lru_cache
def _decoder(shape: type[S]) -> msgspec.json.Decoder[S]:
    return msgspec.json.Decoder(shape)


def refuse(message: str) -> NoReturn:
    """Turn the decoder's message into ours: which field, and what is wrong with it."""
    at = _AT.search(message)
    path = at["path"] if at else ""
    what = message[: at.start()] if at else message
    named = _NAMED.search(what)
    if named:
        path = f"{path}.{named['name']}" if path else named["name"]
        what = "it is not known here" if "unknown field" in what else "it is required"
    what = _REGEX.sub("that says something, without a NUL", what)
    raise wrong_field(path or "body", what[:1].lower() + what[1:])


def utc(field: str, moment: datetime | None) -> datetime | None:
    """The moment in UTC, as the house keeps time. One at the very edge of the calendar has none, and is refused."""
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError:
        raise wrong_field(field, "it is no moment that anybody could mean") from None


def wrong_field(field: str, what: str) -> Failure:
    """A failure that names one field, and says what is wrong with it."""
    message = f"The field `{field}` is not right: {what}."
    return Failure("VALIDATION_ERROR", message, errors=[{"field": field, "message": message}])


def _surrogate_in(raw: bytes) -> str | None:
    """The path of the first text (or name) with a lone surrogate, or None."""
    try:
        value: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, value = waiting.pop()
        match value:
            case str() if any("\ud800" <= character <= "\udfff" for character in value):
                return path or "body"
            case dict():
                for name, inner in value.items():
                    clean = str(name).encode("utf-8", "replace").decode()
                    waiting.append((f"{path}.{clean}" if path else clean, inner))
                    if clean != name:
                        return clean
            case list():
                waiting.extend((f"{path}[{index}]", inner) for index, inner in enumerate(value))
            case _:
                pass
    return None
