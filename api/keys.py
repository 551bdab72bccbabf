"""Idempotency keys: where a client may put one, and what else makes a request the same request."""

from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request
from msgspec import UNSET

from api.bodies import KEY_MAX, Shape, wrong_field
from api.problems import Failure
from application.requests import ClientKey

HEADERS = ("idempotency-key", "x-idempotency-key")


def key_of(request: Request[Any, Any, Any], body: Shape | None = None) -> ClientKey | None:
    """The client's key from the body's `idempotency_key` or a header, or None. Raises Failure: VALIDATION_ERROR.

    Its fingerprint is of the method, the path and the body as it was understood, without the key: an absent field and
    its default are the same request.
    """
    in_body = getattr(body, "idempotency_key", None)
    in_headers = [value for name in HEADERS for value in request.headers.getall(name, [])]
    keys = {key for key in (in_body, *in_headers) if key is not None}
    if not keys:
        return None
    if len(keys) > 1:
        raise wrong_field("idempotency_key", "must be the same wherever it is given")
    (key,) = keys
    if not key.strip() or len(key) > KEY_MAX:
        raise wrong_field("idempotency_key", f"must have 1 to {KEY_MAX} characters and not be blank")
    return ClientKey(text=key, fingerprint=_fingerprint(request, body))


def required_key_of(request: Request[Any, Any, Any], body: Shape | None = None) -> ClientKey:
    """The same for a call that may not go without. Raises Failure: MISSING_IDEMPOTENCY_KEY too."""
    key = key_of(request, body)
    if key is None:
        raise Failure("MISSING_IDEMPOTENCY_KEY", "This call needs an `idempotency_key`, in the body or as a header.")
    return key


def _fingerprint(request: Request[Any, Any, Any], body: Shape | None) -> bytes:
    names = () if body is None else body.__struct_fields__
    fields = {name: value for name in names if (value := getattr(body, name)) is not UNSET}
    fields.pop("idempotency_key", None)
    canonical = msgspec.json.encode(fields, order="sorted")
    return sha256(f"{request.method} {request.scope['path']}\n".encode("utf-8", "replace") + canonical).digest()
