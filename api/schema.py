"""The OpenAPI document and a page that shows it. The page is plain HTML, made here; it loads nothing from anywhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.datastructures import State

from api.answers import json_response
from api.describing import says

DOCUMENT: Final = "openapi_document"
PAGE: Final = "openapi_page"
HTML: Final = "text/html"
"""The framework adds the charset to a text by itself."""

STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1d2b2a;background:#fcfbf8}
h1,h2{line-height:1.2}a{color:#0d7a72}
h2{margin-top:3rem;border-bottom:2px solid #0d7a72}
details{border:1px solid #d8d5cb;border-radius:.4rem;margin:.4rem 0;background:#fff}
summary{cursor:pointer;padding:.5rem .8rem}code{font:13px/1.5 ui-monospace,monospace}
p,table{margin:.5rem .8rem}.shape{overflow-x:auto}
b.m{display:inline-block;width:4.5rem;color:#0d7a72}
table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}
tr+tr td{border-top:1px solid #eceae2}
"""
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
BOUNDS: Final = {
    "minimum": "from {}",
    "maximum": "to {}",
    "minLength": "{} characters at least",
    "maxLength": "{} characters at most",
    "minItems": "{} entries at least",
    "maxItems": "{} entries at most",
}
"""How a shape's bounds are told; patterns are for programs."""


@get("/schema/openapi.json", opt=says())
async def openapi_json(state: State) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    return json_response(state[DOCUMENT], headers={"Cache-Control": "no-cache"})


@get("/schema", opt=says(content=HTML))
async def schema_page(state: State) -> Response[bytes]:
    """The document as a page."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return Response(state[PAGE], media_type=HTML, headers=headers)


def page_of(document: bytes) -> bytes:
    """The page, as UTF-8."""
    described: dict[str, Any] = msgspec.json.decode(document)
    return "".join(_page(described)).encode()


def _page(described: Mapping[str, Any]) -> Iterator[str]:
    info = described["info"]
    yield '<!doctype html><html lang="en"><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{escape(info['title'])}</title><style>{STYLE}</style>"
    yield f"<h1>{escape(info['title'])}</h1><p>{escape(info['description'])}</p>"
    yield '<p><a href="/schema/openapi.json">openapi.json</a></p>'
    by_tag: dict[str, list[str]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append("".join(_endpoint(method, path, operation)))
    for tag, endpoints in by_tag.items():
        yield f"<h2>{escape(tag.capitalize())}</h2>{''.join(endpoints)}"
    yield "<h2>Errors</h2><table><tr><th>Code</th><th>Status</th><th>Message</th></tr>"
    for code, example in described["components"]["examples"].items():
        value = example["value"]
        yield f'<tr id="{code}"><td><code>{code}</code></td><td>{value["status"]}</td>'
        yield f"<td>{escape(value['message'])}</td></tr>"
    yield "</table><h2>Shapes</h2>"
    for name, shape in described["components"]["schemas"].items():
        yield f'<details open id="shape-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        yield f"{''.join(_shape(shape))}</details>"


def _endpoint(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f'<details><summary><b class="m">{method.upper()}</b> <code>{escape(path)}</code> '
    yield f"{escape(operation['summary'])}</summary><p>{escape(operation['description'])}</p>"
    if operation["parameters"]:
        yield "<p>Parameters</p><table>"
        for each in operation["parameters"]:
            yield f"<tr><td><code>{escape(each['name'])}</code></td><td>{each['in']}</td>"
            yield f"<td>{_words(each['schema'])}</td><td>{escape(each.get('description', ''))}</td></tr>"
        yield "</table>"
    body = operation.get("requestBody")
    if body is not None:
        yield f"<p>Body: {_words(body['content']['application/json']['schema'])}</p>"
    for status, response in operation["responses"].items():
        yield f"<p>{status}: {escape(response['description'])} {_data_of(response)}</p>"
    yield "</details>"


def _data_of(response: Mapping[str, Any]) -> str:
    """What stands under `data` in an answer, if anything does."""
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    data = schema.get("properties", {}).get("data")
    return "" if data is None else f"<code>data</code> is {_words(data)}."


def _shape(shape: Mapping[str, Any]) -> Iterator[str]:
    """A shape's own words, and its fields one by one."""
    if "description" in shape:
        yield f"<p>{escape(shape['description'])}</p>"
    if "properties" not in shape:
        yield f"<p>{_words(shape)}</p>"
        return
    needed = shape.get("required", ())
    yield '<div class="shape"><table>'
    for name, field in shape["properties"].items():
        told = f"needed; {_words(field)}" if name in needed else _words(field)
        yield f"<tr><td><code>{escape(name)}</code></td><td>{told}</td>"
        yield f"<td>{escape(field.get('description', ''))}</td></tr>"
    yield "</table></div>"


def _words(schema: Mapping[str, Any]) -> str:
    """What a value may be, as HTML."""
    match schema:
        case {"$ref": str(ref)}:
            name = escape(ref.rpartition("/")[2])
            return f'<a href="#shape-{name}">{name}</a>'
        case {"anyOf": choices}:
            return " or ".join(_words(each) for each in choices)
        case {"enum": values}:
            return " | ".join(f"<code>{escape(str(value))}</code>" for value in values)
        case {"type": "array", "items": inner}:
            words = f"list of {_words(inner)}"
        case {"type": list(kinds)}:
            words = " or ".join(map(str, kinds))
        case {"format": str(kind)}:
            words = kind
        case _:
            words = str(schema.get("type", "anything"))
    return ", ".join([words, *(told.format(schema[bound]) for bound, told in BOUNDS.items() if bound in schema)])


ROUTES: Final = (openapi_json, schema_page)
