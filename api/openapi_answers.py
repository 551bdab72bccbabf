"""What every operation of the OpenAPI document may answer: its successes, a replay among them, and its refusals."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from api.access import Access
from api.describing import Says
from api.problems import BY_CODE, PROBLEM_JSON, headers_of

REF: Final = "#/components/schemas/{name}"
ALWAYS: Final = ("RATE_LIMITED", "SERVICE_UNAVAILABLE")
WITH_BODY: Final = ("VALIDATION_ERROR", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE")
WITH_KEY: Final = ("VALIDATION_ERROR", "IDEMPOTENCY_KEY_REUSED")
NEEDING_KEY: Final = ("MISSING_IDEMPOTENCY_KEY", "IDEMPOTENCY_IN_PROGRESS")
POSITION: Final = {"description": "The venue's position that this brought about, or has seen.", "type": "integer"}
REPLAYED: Final = {"description": "The first answer to this key, told again.", "type": "string", "enum": ["true"]}
SECONDS: Final = {"description": "In so many seconds.", "type": "integer", "minimum": 1}
TAG: Final = {"type": "string"}
BY_CALLER: Final[Mapping[str, tuple[str, ...]]] = {
    "anyone": (),
    "guest": ("UNAUTHORIZED", "SESSION_INVALID", "SESSION_EXPIRED"),
    "staff": ("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED", "CSRF"),
    "role": ("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED", "CSRF", "FORBIDDEN"),
}


def refusals(says: Says, access: Access, *, takes_key: bool) -> dict[str, Any]:
    """By status, with an example for every code: what follows from caller, body, query and key, and its own."""
    codes = [*says.refusals, *BY_CALLER[access.who], *ALWAYS]
    if says.body is not None:
        codes += WITH_BODY
    if says.query is not None:
        codes.append("VALIDATION_ERROR")
    if takes_key:
        codes += WITH_KEY
    if says.keyed:
        codes += NEEDING_KEY
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(BY_CODE[code].status, []).append(code)
    return {str(status): _refusal(names) for status, names in sorted(by_status.items())}


def _refusal(names: list[str]) -> dict[str, Any]:
    lines = {line for name in names for line in headers_of(name, BY_CODE[name].status, BY_CODE[name].details)}
    return {
        "description": ", ".join(names),
        "headers": {line: {"schema": SECONDS if line == "Retry-After" else TAG} for line in sorted(lines)},
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": REF.format(name="Problem")},
                "examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names},
            }
        },
    }


def successes(path: str, says: Says, known: Mapping[Any, dict[str, Any]], *, takes_key: bool) -> dict[str, Any]:
    """By status: it is done, it was done before under the same key, it takes longer, nothing has changed."""
    headers: dict[str, Any] = {}
    if says.answers is not None and not path.startswith(("/auth/", "/health")):
        headers["Ledger-Position"] = {"schema": POSITION}
    if says.tagged:
        headers["ETag"] = {"schema": TAG}
    replayed = headers | {"Idempotent-Replayed": {"schema": REPLAYED}}
    done = "Done." if says.body is not None or takes_key else "As it is."
    content = _content(says, known)
    successes = {"200": {"description": done, "headers": replayed if takes_key else headers, "content": content}}
    if says.status != HTTPStatus.OK:
        again = f"Done before, under the same key: the answer that was {says.status} then."
        successes = {
            str(says.status): {"description": done, "headers": headers, "content": content},
            **({"200": successes["200"] | {"description": again}} if takes_key else {}),
        }
    if says.later is not None:
        lines = {"Location": {"schema": TAG}, "Retry-After": {"schema": SECONDS}}
        body = {"application/json": {"schema": _envelope(known[says.later])}}
        successes["202"] = {"description": "It takes longer: ask there again.", "headers": lines, "content": body}
    if says.tagged:
        successes["304"] = {"description": "It is what one has.", "headers": headers}
    return successes


def _content(says: Says, known: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    if says.answers is None:
        schema = {"type": "object"} if says.content == "application/json" else {"type": "string"}
        return {says.content: {"schema": schema}}
    envelope = _envelope(known[says.answers])
    if says.listed:
        cursor = {"type": ["string", "null"], "description": "Where to go on; null: that was all."}
        meta = {"type": "object", "required": ["next_cursor"], "properties": {"next_cursor": cursor}}
        envelope = _envelope({"type": "array", "items": known[says.answers]})
        envelope["required"].append("meta")
        envelope["properties"]["meta"] = meta
    return {says.content: {"schema": envelope}}


def _envelope(data: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": ["data"], "properties": {"data": data}}
