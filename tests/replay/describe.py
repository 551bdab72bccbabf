"""What docs/events.md has to say of each event: its fields as JSON has them.

`python -m tests.replay.describe` prints the sections that the page still lacks, for somebody to finish them by hand.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from msgspec import NODEFAULT, Struct, inspect

from infrastructure.vocabulary import EVENT_TYPES

PAGE: Final = Path(__file__).parents[2] / "docs" / "events.md"
HEADER: Final = ("| field | type | means |", "|---|---|---|")

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "_minor": "minor units",
        "_ppm": "parts per million",
        "_s": "seconds",
        "_minute": "minutes since midnight",
        "_percent": "percent",
    }
)
"""How a field's name ends → its unit."""


class Described(Struct, frozen=True):
    """One field: its name and its type on the page."""

    field: str
    type: str


def fields_of(struct: type[Struct]) -> list[Described]:
    """The fields of an event or value, in their order."""
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)
    return [Described(field.encode_name, _told(field)) for field in described.fields]


def tag_of(event_type: type[Struct]) -> str:
    """An event's name."""
    return str(event_type.__struct_config__.tag)


def values() -> list[type[Struct]]:
    """The structs that events are made of, each once, in the order in which they are met."""
    found: dict[type[Struct], None] = {}
    for event_type in EVENT_TYPES:
        for value in _structs_in(inspect.type_info(event_type)):
            if value is not event_type:
                found.setdefault(value)
    return list(found)


def section(title: str, says: str, fields: Sequence[Described]) -> str:
    """A section of the page, with nothing yet in the last column."""
    rows = [f"| `{each.field}` | {each.type} | |" for each in fields]
    table = "\n".join((*HEADER, *rows)) if rows else "No fields."
    return f"### {title}\n\n{says}\n\n{table}\n"


def _told(field: inspect.Field) -> str:
    unit = next((f", {unit}" for ending, unit in UNITS.items() if field.encode_name.endswith(ending)), "")
    if field.required:
        return f"{_type(field.type)}{unit}"
    # A field that may be left out altogether has no default to stand in for it.
    is_unset = field.default is NODEFAULT and field.default_factory is NODEFAULT
    return f"{_type(field.type)}{unit}; {'absent if unchanged' if is_unset else 'optional'}"


def _type(kind: inspect.Type) -> str:
    match kind:
        case inspect.StructType(cls=cls):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
        case inspect.VarTupleType(item_type=item):
            return f"list of {_type(item)}"
        case inspect.UnionType(types=types):
            return " or ".join(map(_type, types))
        case inspect.EnumType(cls=cls):
            return ", ".join(f"`{member.value}`" for member in cls)
        case _:
            return NAMES[type(kind)]


NAMES: Final[Mapping[type[inspect.Type], str]] = MappingProxyType(
    {
        inspect.UUIDType: "UUID",
        inspect.IntType: "integer",
        inspect.StrType: "text",
        inspect.BoolType: "boolean",
        inspect.BytesType: "base64",
        inspect.DateTimeType: "time",
        inspect.DateType: "date",
        inspect.NoneType: "null",
    }
)


def _structs_in(kind: inspect.Type) -> Iterator[type[Struct]]:
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            yield cls
            for field in fields:
                yield from _structs_in(field.type)
        case inspect.VarTupleType(item_type=item):
            yield from _structs_in(item)
        case inspect.UnionType(types=types):
            for each in types:
                yield from _structs_in(each)
        case _:
            return


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    titles = {f"`{tag_of(each)}`": each for each in EVENT_TYPES} | {each.__name__: each for each in values()}
    for title, struct in titles.items():
        if f"\n### {title}\n" not in page:
            says = " ".join((struct.__doc__ or "").split())
            sys.stdout.write(section(title, says, fields_of(struct)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
