"""Partial changes: a struct whose unset fields mean "as it was"."""

from typing import Any

from msgspec import UNSET, Struct


def named(change: Struct) -> dict[str, Any]:
    """The fields that the change sets, by name."""
    fields = ((field, getattr(change, field)) for field in change.__struct_fields__)
    return {field: value for field, value in fields if value is not UNSET}


def differing(change: Struct, present: Struct) -> dict[str, Any]:
    """Of the fields that the change sets, those whose value is not the present one."""
    return {field: value for field, value in named(change).items() if value != getattr(present, field)}
