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
STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1d2b2a;background:#fcfbf8}
h1,h2{line-height:1.2}
h2{margin-top:3rem;border-bottom:2px solid #0d7a72}
details{border:1px solid #d8d5cb;border-radius:.4rem;margin:.4rem 0;background:#fff}
summary{cursor:pointer;padding:.5rem .8rem}code,pre{font:13px/1.5 ui-monospace,monospace}
pre{overflow:auto;background:#f3f1ea;padding:.8rem;margin:.5rem .8rem .8rem}p{margin:.5rem .8rem}
b.m{display:inline-block;width:4.5rem;color:#0d7a72}
table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem}
"""
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@get("/schema/openapi.json", opt=says())
async def openapi_json(state: State) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    return json_response(state[DOCUMENT], headers={"Cache-Control": "no-cache"})


@get("/schema", opt=says())
async def schema_page(state: State) -> Response[bytes]:
    """The document as a page."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return Response(state[PAGE], media_type="text/html; charset=utf-8", headers=headers)


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
        yield f"<details><summary><code>{escape(name)}</code></summary>{_json(shape)}</details>"


def _endpoint(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f'<details><summary><b class="m">{method.upper()}</b> <code>{escape(path)}</code> '
    yield f"{escape(operation['summary'])}</summary><p>{escape(operation['description'])}</p>"
    if operation["parameters"]:
        names = ", ".join(f"<code>{escape(each['name'])}</code> ({each['in']})" for each in operation["parameters"])
        yield f"<p>Parameters: {names}</p>"
    body = operation.get("requestBody")
    if body is not None:
        yield f"<p>Body</p>{_json(body['content']['application/json']['schema'])}"
    for status, response in operation["responses"].items():
        yield f"<p>{status}: {escape(response['description'])}</p>"
    yield "</details>"


def _json(value: object) -> str:
    return f"<pre>{escape(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())}</pre>"


ROUTES: Final = (openapi_json, schema_page)
