"""Everything that is wrong with a request, field by field.

The decoder stops at the first wrong field and says so in its own jargon. What it refused is looked at once more here,
slowly: each field by itself, and what is in it, so that a client hears of all that it has to put right.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec
from msgspec import Raw, Struct, UnsetType

from api.sentences import must_be
from domain.shared.validation import Fault

FAULTS_MAX: Final = 100
"""A body has 256 KiB of room for nonsense; a client that reads a hundred faults has enough to do."""

NAME_LENGTH_MAX: Final = 200
"""So much of an unknown field's name is said back."""


def faults_of_body(raw: bytes, shape: type[Struct]) -> tuple[Fault, ...]:
    """What is wrong with JSON that is no such shape. Raises msgspec.DecodeError where it turns out to be no JSON."""
    return tuple(islice(_of_value(Raw(raw), shape, ""), FAULTS_MAX))


def faults_of_query(sent: Mapping[str, str], shape: type[Struct]) -> tuple[Fault, ...]:
    """What is wrong with a query: all of its values are texts, and what it does not know it ignores."""
    return tuple(
        fault(field.encode_name, must_be(_said(field.type), sent[field.encode_name]))
        for field in msgspec.structs.fields(shape)
        if field.encode_name in sent and not _converts(sent[field.encode_name], field.type)
    )


def fault(field: str, what: str) -> Fault:
    """A field, and a sentence that begins with its name."""
    return Fault(field=field, message=f"{field} {what}.")


def _of_value(raw: Raw, wanted: Any, path: str) -> Iterator[Fault]:  # noqa: ANN401 - whatever a field may be annotated with
    if _decodes(raw, wanted):
        return
    wanted = _said(wanted)
    bare = get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted
    if isinstance(bare, type) and issubclass(bare, Struct) and _decodes(raw, dict[str, Raw]):
        yield from _of_fields(msgspec.json.decode(raw, type=dict[str, Raw]), bare, path)
        return
    if get_origin(bare) is tuple and _decodes(raw, list[Raw]):
        inner, entries = get_args(bare)[0], msgspec.json.decode(raw, type=list[Raw])
        found = [each for index, entry in enumerate(entries) for each in _of_value(entry, inner, f"{path}[{index}]")]
        if found:
            yield from found
            return
    yield fault(path or "body", must_be(wanted, msgspec.json.decode(raw)))


def _of_fields(sent: dict[str, Raw], shape: type[Struct], path: str) -> Iterator[Fault]:
    place = f"{path}." if path else ""
    known = msgspec.structs.fields(shape)
    for field in known:
        if field.encode_name in sent:
            yield from _of_value(sent[field.encode_name], field.type, f"{place}{field.encode_name}")
        elif field.required:
            yield fault(f"{place}{field.encode_name}", "is required")
    names = {field.encode_name for field in known}
    for name in sent:
        if name not in names:
            yield fault(f"{place}{name[:NAME_LENGTH_MAX]}", "is not known here")


def _said(wanted: Any) -> Any:  # noqa: ANN401
    """What a field must be where something is said: neither left out nor null."""
    if get_origin(wanted) not in {Union, UnionType}:
        return wanted
    [one] = [each for each in get_args(wanted) if each not in {NoneType, UnsetType}]
    return one


def _decodes(raw: Raw, wanted: Any) -> bool:  # noqa: ANN401
    try:
        msgspec.json.decode(raw, type=wanted)
    except msgspec.ValidationError:
        return False
    return True


def _converts(text: str, wanted: Any) -> bool:  # noqa: ANN401
    try:
        msgspec.convert(text, wanted, strict=False)
    except msgspec.ValidationError:
        return False
    return True
