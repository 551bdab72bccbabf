"""What a field must be, in words that a guest's phone could show: never a type's name, never a regular expression.

The patterns are here too, because each has its sentence. They mean the same to Python as to ECMA-262, which is what
JSON Schema has: Python's own sign for the end of a text is unknown there, and `$` lets a last line break slip through
here, so it stands only where a line break may.
"""

from typing import Any, Final, get_args

import msgspec
from msgspec import Meta

NO_NUL: Final = r"^[^\x00]*$"
NOT_BLANK: Final = r"^[^\x00]*[^\s\x00][^\x00]*$"
EMAIL: Final = r"^[^@\s\x00]{1,64}@[^@\s\x00]{1,255}(?![\s\S])"
TIME_OF_DAY: Final = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)(?![\s\S])"

PUBLISHED: Final = "x-published"
"""Under this a schema carries the bounds that are told, where a rule beyond the decoder judges them, with its code."""


def bounds(least: int, most: int) -> Meta:
    """Bounds that a client is told, but that are not decoded by."""
    return Meta(extra_json_schema={PUBLISHED: {"minimum": least, "maximum": most}})


_OF_PATTERN: Final = {EMAIL: "an e-mail address", TIME_OF_DAY: "a time of day as HH:MM"}


def must_be(wanted: Any, value: object) -> str:  # noqa: ANN401 - whatever a field may be annotated with
    """The end of a sentence that begins with the field's name; `value` is what was sent instead, as plain JSON."""
    described = msgspec.inspect.type_info(wanted)
    published: dict[str, Any] = {}
    if isinstance(described, msgspec.inspect.Metadata):
        published = (described.extra_json_schema or {}).get(PUBLISHED, {})
        described = described.type
    match described:
        case msgspec.inspect.IntType():
            return _number(described, published)
        case msgspec.inspect.StrType():
            return _text(described, value)
        case msgspec.inspect.LiteralType():
            # Described, its values stand in the order of the alphabet; written, in that of an order's life.
            return _one_of(get_args(wanted))
        case msgspec.inspect.EnumType(cls=cls):
            return _one_of(tuple(each.value for each in cls))
        case msgspec.inspect.VarTupleType():
            return _list(described, value)
        case _:
            return _PLAIN.get(type(described), "must be something else")


_PLAIN: Final[dict[type[msgspec.inspect.Type], str]] = {
    msgspec.inspect.BoolType: "must be true or false",
    msgspec.inspect.UUIDType: "must be an id, which is a UUID",
    msgspec.inspect.DateTimeType: "must be a moment and its offset, such as 2026-11-22T12:00:00Z",
    msgspec.inspect.DateType: "must be a day such as 2026-11-22",
    msgspec.inspect.StructType: "must be an object",
}


def _number(wanted: msgspec.inspect.IntType, published: dict[str, Any]) -> str:
    least, most = published.get("minimum", wanted.ge), published.get("maximum", wanted.le)
    return f"must be a whole number from {least} to {most}"


def _text(wanted: msgspec.inspect.StrType, value: object) -> str:
    if wanted.pattern in _OF_PATTERN:
        return f"must be {_OF_PATTERN[wanted.pattern]}"
    if not isinstance(value, str):
        return "must be text"
    if "\0" in value:
        return "must be text without NUL characters"
    if wanted.max_length is not None and len(value) > wanted.max_length:
        return f"must have {wanted.max_length} characters at most"
    return "must not be empty"


def _list(wanted: msgspec.inspect.VarTupleType, value: object) -> str:
    if not isinstance(value, list):
        return "must be a list"
    if wanted.max_length is not None and len(value) > wanted.max_length:
        return f"must have {wanted.max_length} entries at most"
    return "must not be empty"


def _one_of(values: tuple[Any, ...]) -> str:
    return f"must be one of {', '.join(map(str, values))}" if len(values) > 1 else f"must be {values[0]}"
