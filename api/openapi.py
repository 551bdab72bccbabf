"""The OpenAPI 3.1 document, made of the routes that there are: it cannot describe one that is not, or forget one.

Each endpoint brings its path, its docstring and its `Says`; who may call it comes from the table in `access`, and the
shape of every failure, with an example for every code, from the table in `problems`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc, getdoc
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from api.access import ROUTES
from api.bodies import KEY_MAX
from api.callers import PREFIX
from api.describing import OPT, Says
from api.openapi_answers import REF, SECONDS, refusals, successes
from api.problems import PROBLEMS, problem_body
from api.sentences import PUBLISHED

PARAMETER: Final = re.compile(r"\{(?P<name>\w+)(:\w+)?\}")
KEYS: Final = ("Idempotency-Key", "X-Idempotency-Key")
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
        operation = _operation(method, path, handler, says, known)
        paths.setdefault(_public(path), {})[method.lower()] = operation
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Comanda",
                "version": version,
                "description": "Guests scan a table's code, order and pay; the kitchen cooks; auditors replay it. "
                "Money is in integers of minor units, times are UTC. Everything also answers under `/api`, and to HEAD "
                "like to GET, without a body.",
            },
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {
                "schemas": _published(components) | {"Problem": _problem_schema()},
                "securitySchemes": {
                    "guest": {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
                    "staff": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                },
                "examples": {
                    problem.code: {
                        "summary": problem.code,
                        "value": msgspec.json.decode(
                            problem_body(problem.code, problem.example, "5f0c9d7e", details=problem.details)
                        ),
                    }
                    for problem in PROBLEMS
                    if problem.published
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


def _published(schema: Any) -> Any:  # noqa: ANN401 - JSON Schema is any JSON
    """The schema with the bounds that are told in the place of those that are decoded by, and its docstrings clean."""
    match schema:
        case dict():
            told = {name: _published(inner) for name, inner in schema.items() if name != PUBLISHED}
            if isinstance(text := told.get("description"), str):
                told["description"] = cleandoc(text)
            return told | schema.get(PUBLISHED, {})
        case list():
            return [_published(inner) for inner in schema]
        case _:
            return schema


def _types(all_says: Iterable[Says]) -> list[Any]:
    found = (
        each for says in all_says for each in (says.body, says.query, says.answers, says.later) if each is not None
    )
    return list(dict.fromkeys(found))


def _operation(
    method: str, path: str, handler: HTTPRouteHandler, says: Says, known: Mapping[Any, dict[str, Any]]
) -> dict[str, Any]:
    access, takes_key = ROUTES[f"{method} {path}"], _takes_key(method, path)
    text = getdoc(handler.fn) or ""
    roles = f"\n\nRoles: {', '.join(sorted(access.roles))}." if access.roles else ""
    operation: dict[str, Any] = {
        "operationId": handler.fn.__name__ if path.startswith(("/health", "/schema")) else _name(path, handler),
        "summary": text.partition(".")[0],
        "description": text + roles,
        "tags": [_tag(path)],
        "security": SECURITY[access.who],
        "parameters": [
            *_path_parameters(path),
            *_query_parameters(says),
            *(_key_parameters(says) if takes_key else ()),
            *([_header("If-None-Match", "The ETag of what one has; `*` is any.")] if says.tagged else ()),
        ],
        "responses": successes(path, says, known, takes_key=takes_key) | refusals(says, access, takes_key=takes_key),
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


def _takes_key(method: str, path: str) -> bool:
    """All that changes something takes one, but for what answers with a token, or ends it."""
    return method != "GET" and not path.startswith("/auth/") and not path.endswith("/session")


def _key_parameters(says: Says) -> list[dict[str, Any]]:
    needed = " Needed, in one of these headers or in the body." if says.keyed else ""
    text = f"Asked again with the same key, the first answer is told again.{needed}"
    return [_header(name, text, minLength=1, maxLength=KEY_MAX) for name in KEYS]


def _header(name: str, description: str, **bounds: int) -> dict[str, Any]:
    schema = {"type": "string", **bounds}
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


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
            "error": {"type": "string", "enum": [problem.code for problem in PROBLEMS if problem.published]},
            "message": text,
            "request_id": text,
            "errors": {"type": "array", "items": fields},
            "retry_after_s": SECONDS,
        },
    }
