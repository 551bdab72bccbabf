"""The OpenAPI 3.1 document, made of the routes that there are: it cannot describe one that is not, or forget one.

Each endpoint brings its path, its docstring and its `Says`; who may call it comes from the table in `access`, and the
shape of every failure, with an example for every code, from the table in `problems`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from inspect import getdoc
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from api.access import ROUTES, Access
from api.callers import PREFIX
from api.describing import OPT, Says
from api.problems import BY_CODE, PROBLEM_JSON, PROBLEMS, headers_of, problem_body

REF: Final = "#/components/schemas/{name}"
PARAMETER: Final = re.compile(r"\{(?P<name>\w+)(:\w+)?\}")
ALWAYS: Final = ("RATE_LIMITED", "SERVICE_UNAVAILABLE")
WITH_BODY: Final = ("VALIDATION_ERROR", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE")
WITH_KEY: Final = ("MISSING_IDEMPOTENCY_KEY", "IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_IN_PROGRESS")
BY_CALLER: Final[Mapping[str, tuple[str, ...]]] = {
    "anyone": (),
    "guest": ("UNAUTHORIZED", "SESSION_INVALID", "SESSION_EXPIRED"),
    "staff": ("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED", "CSRF"),
    "role": ("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED", "CSRF", "FORBIDDEN"),
}
SECURITY: Final[Mapping[str, list[dict[str, list[str]]]]] = {
    "anyone": [],
    "guest": [{"guest": []}],
    "staff": [{"staff": []}],
    "role": [{"staff": []}],
}


def document(app: Litestar, *, version: str) -> bytes:
    """The document as JSON bytes."""
    endpoints = sorted(_endpoints(app), key=lambda each: (each[1], each[0]))
    types = _types(says for _, _, _, says in endpoints)
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    known = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for method, path, handler, says in endpoints:
        operation = _operation(path, handler, says, ROUTES[f"{method} {path}"], known)
        paths.setdefault(_public(path), {})[method.lower()] = operation
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Comanda",
                "version": version,
                "description": "Guests scan a table's code, order and pay; the kitchen cooks; auditors replay it. "
                "Money is in integers of minor units, times are UTC. Everything also answers under `/api`.",
            },
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {
                "schemas": components | {"Problem": _problem_schema()},
                "securitySchemes": {
                    "guest": {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
                    "staff": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                },
                "examples": {
                    problem.code: {
                        "summary": problem.code,
                        "value": msgspec.json.decode(problem_body(problem.code, problem.example, "5f0c9d7e")),
                    }
                    for problem in PROBLEMS
                },
            },
        }
    )


def _endpoints(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler, Says]]:
    """Method, path without the prefix, handler and description of every endpoint, each once."""
    seen: set[tuple[str, str]] = set()
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        path = PARAMETER.sub(r"{\g<name>}", route.path).removeprefix(PREFIX)
        for handler in route.route_handlers:
            says = handler.opt.get(OPT)
            for method in handler.http_methods:
                if isinstance(says, Says) and (str(method), path) not in seen:
                    seen.add((str(method), path))
                    yield str(method), path, handler, says


def _public(path: str) -> str:
    return path if path.startswith(("/health", "/schema")) else PREFIX + path


def _types(all_says: Iterable[Says]) -> list[Any]:
    found = (each for says in all_says for each in (says.body, says.query, says.answers) if each is not None)
    return list(dict.fromkeys(found))


def _operation(
    path: str, handler: HTTPRouteHandler, says: Says, access: Access, known: Mapping[Any, dict[str, Any]]
) -> dict[str, Any]:
    text = getdoc(handler.fn) or ""
    roles = f"\n\nRoles: {', '.join(sorted(access.roles))}." if access.roles else ""
    operation: dict[str, Any] = {
        "operationId": handler.fn.__name__ if path.startswith(("/health", "/schema")) else _name(path, handler),
        "summary": text.partition(".")[0],
        "description": text + roles,
        "tags": [_tag(path)],
        "security": SECURITY[access.who],
        "parameters": [*_path_parameters(path), *_query_parameters(says), *_key_parameters(says)],
        "responses": _responses(says, access, known),
    }
    if says.body is not None:
        operation["requestBody"] = {
            "required": any(field.required for field in msgspec.structs.fields(says.body)),
            "content": {"application/json": {"schema": known[says.body]}},
        }
    return operation


def _name(path: str, handler: HTTPRouteHandler) -> str:
    words = [word for word in PARAMETER.sub("", path).split("/") if word and word != "venues"]
    return "_".join([handler.fn.__name__, *words]).replace("-", "_").replace(".", "_")


def _tag(path: str) -> str:
    first = path.split("/")[1]
    return {"admin": "staff", "audit": "audit", "auth": "log-in", "health": "health", "schema": "schema"}.get(
        first, "guests"
    )


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": {"type": "string", **({"format": "uuid"} if found["name"].endswith("_id") else {})},
        }
        for found in PARAMETER.finditer(path)
        if found["name"] != "job_id"
    ] + ([{"name": "job_id", "in": "path", "required": True, "schema": {"type": "string"}}] if "job_id" in path else [])


def _query_parameters(says: Says) -> list[dict[str, Any]]:
    if says.query is None:
        return []
    components: dict[str, Any] = msgspec.json.schema(says.query)["$defs"]
    properties = components[says.query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _inlined(schema, components)}
        for name, schema in properties.items()
    ]


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON Schema is any JSON
    """The schema with what it refers to written out: parameters have no components of their own."""
    match schema:
        case {"$ref": str(ref)}:
            return definitions[ref.rpartition("/")[2]]
        case dict():
            return {name: _inlined(inner, definitions) for name, inner in schema.items()}
        case list():
            return [_inlined(inner, definitions) for inner in schema]
        case _:
            return schema


def _key_parameters(says: Says) -> list[dict[str, Any]]:
    if says.body is None or "idempotency_key" not in says.body.__struct_fields__:
        return []
    needed = " Needed, here or in the body." if says.keyed else ""
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": f"Asked again with the same key, the first answer is told again.{needed}",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }
    ]


def _responses(says: Says, access: Access, known: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    codes = [*says.refusals, *BY_CALLER[access.who], *ALWAYS]
    if says.body is not None:
        codes += WITH_BODY
    if says.query is not None:
        codes.append("VALIDATION_ERROR")
    if says.keyed:
        codes += WITH_KEY
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(BY_CODE[code].status, []).append(code)
    responses = {str(says.status): _success(says, known)}
    for status, names in sorted(by_status.items()):
        responses[str(status)] = {
            "description": ", ".join(names),
            "headers": {name: {"schema": {"type": "string"}} for name in headers_of(names[0], status)},
            "content": {
                PROBLEM_JSON: {
                    "schema": {"$ref": REF.format(name="Problem")},
                    "examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names},
                }
            },
        }
    return responses


def _success(says: Says, known: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    if says.answers is None:
        return {"description": "As it says."}
    data = known[says.answers]
    envelope: dict[str, Any] = {"type": "object", "required": ["data"], "properties": {"data": data}}
    if says.listed:
        cursor = {"type": ["string", "null"], "description": "Where to go on; null: that was all."}
        envelope["properties"] = {
            "data": {"type": "array", "items": data},
            "meta": {"type": "object", "properties": {"next_cursor": cursor}},
        }
    return {
        "description": "Done." if says.body is not None else "As it is.",
        "headers": {"Ledger-Position": {"schema": {"type": "integer"}}},
        "content": {"application/json": {"schema": envelope}},
    }


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    fields = {"type": "object", "properties": {"field": text, "message": text}}
    return {
        "type": "object",
        "description": "RFC 9457, and the same in the house's own words.",
        "required": ["type", "title", "status", "detail", "error", "message", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "error": {"type": "string", "enum": [problem.code for problem in PROBLEMS]},
            "message": text,
            "request_id": text,
            "errors": {"type": "array", "items": fields},
        },
    }
