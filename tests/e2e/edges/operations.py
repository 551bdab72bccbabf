"""Every call that the OpenAPI document describes, as a test needs it: where it is, who may make it, what it wants."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import httpx
from msgspec import Struct

from domain.roster.events import Role
from tests.fixtures.people import Guest, Headers

Schema = dict[str, Any]

SAMPLES: Final[dict[str, Any]] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "number": 1.5,
    "string": "x",
    "array": [],
    "object": {},
}
"""A JSON value of each type."""


class Operation(Struct, frozen=True):
    """One call. `properties` are the schemas of its body's fields, references written out."""

    method: str
    path: str
    security: str
    properties: dict[str, Schema]
    required: tuple[str, ...]
    query: tuple[str, ...]

    @property
    def name(self) -> str:
        """As the contract names it."""
        return f"{self.method} {self.path}"

    def body(self) -> dict[str, Any]:
        """A body in which everything that is needed has the right shape."""
        return {name: example(self.properties[name]) for name in self.required}

    async def made(self, guest: Guest, **request: Any) -> httpx.Response:  # noqa: ANN401 - as httpx takes it
        """Make the call with that content, as somebody who may; ids in the path name nothing that there is."""
        headers: Headers = dict(request.pop("headers", {}))
        match self.security:
            case "guest":
                headers |= guest.headers
            case "staff":
                headers |= await guest.venue.headers(Role.MANAGER)
            case _:
                pass
        ids = {name: str(uuid4()) for name in ("order_id", "line_id", "category_id", "item_id", "group_id")}
        path = self.path.format(slug=guest.venue.slug, code="T1", job_id="x", account_id=str(uuid4()), **ids)
        return await guest.client.request(self.method, path, headers=headers, **request)


def operations(document: Schema) -> Iterator[Operation]:
    """All of the document's calls."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody")
            schema = resolved(body["content"]["application/json"]["schema"], document) if body else {}
            yield Operation(
                method=method.upper(),
                path=path,
                security=next((name for each in operation["security"] for name in each), ""),
                properties={name: resolved(field, document) for name, field in schema.get("properties", {}).items()},
                required=tuple(schema.get("required", ())),
                query=tuple(each["name"] for each in operation["parameters"] if each["in"] == "query"),
            )


def resolved(schema: Any, document: Schema) -> Any:  # noqa: ANN401 - JSON Schema is any JSON
    """The schema with what it refers to written out."""
    match schema:
        case {"$ref": str(reference)}:
            return resolved(document["components"]["schemas"][reference.rpartition("/")[2]], document)
        case dict():
            return {name: resolved(inner, document) for name, inner in schema.items()}
        case list():
            return [resolved(inner, document) for inner in schema]
        case _:
            return schema


def alternatives(schema: Schema) -> list[Schema]:
    """The shapes of which a value may have any."""
    return [each for inner in schema["anyOf"] for each in alternatives(inner)] if "anyOf" in schema else [schema]


def example(schema: Schema) -> Any:  # noqa: ANN401 - JSON
    """Something of the right shape."""
    first = alternatives(schema)[0]
    if "enum" in first:
        return first["enum"][0]
    match first.get("type"):
        case "string" if first.get("format") == "uuid":
            return str(uuid4())
        case "string":
            return "x@y.example" if "@" in first.get("pattern", "") else "x"
        case "integer":
            return max(1, first.get("minimum", 1))
        case "object":
            return {name: example(first["properties"][name]) for name in first.get("required", ())}
        case str(kind):
            return SAMPLES[kind]
        case _:
            raise AssertionError(f"Nothing is known about {first}.")


def wrong_values(schema: Schema) -> Iterator[Any]:
    """Values that have another type, or break a bound of the schema that every client can read."""
    shapes = alternatives(schema)
    types = {kind for shape in shapes for kind in _types(shape)}
    yield from (value for kind, value in SAMPLES.items() if kind not in types)
    if any("enum" in shape for shape in shapes):
        yield "nonsense"
    if types & {"integer"}:
        yield from (10**30, -(10**30), "2", 1.5, True)
    for shape in shapes:
        if shape.get("type") == "string" and "enum" not in shape:
            yield from ("a\0b", *(("nonsense",) if shape.get("format") in {"uuid", "date-time"} else ()))
            yield from (["x" * (shape["maxLength"] + 1)] if "maxLength" in shape else [])
            yield from (["", " \t\n"] if "pattern" in shape and shape.get("minLength") else [])
        if shape.get("type") == "array":
            yield from ([value] for value in wrong_values(shape["items"]))


def _types(shape: Schema) -> set[str]:
    if "enum" in shape:
        return {"null" if value is None else "string" for value in shape["enum"]}
    if "const" in shape:
        return {"string"}
    kinds = shape["type"]
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    return found | ({"integer"} if "number" in found else set())
