"""Receipts: what was answered under a key, so that asking again gives the same answer and does nothing.

A key belongs to one actor: what the ledger keeps is the hash of both. The answer is sealed as a whole under the key of
the guest whom it is about, so forgetting the guest forgets it too; it is kept for 72 h. Commands without a key get a
receipt of the server's own, which only makes it safe to repeat an append whose outcome was lost.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Final
from uuid import UUID

from application.errors import AnswerForgotten, IdempotencyKeyReused
from application.ports import Keyring, Ledger, Receipt, ReceiptKey
from application.requests import Answered, ClientKey
from domain.shared.sealed import Sealed

CLIENT_KEPT_FOR: Final = timedelta(hours=72)
SERVER_KEPT_FOR: Final = timedelta(hours=1)
KEY_BYTES: Final = 32
MARK_BYTES: Final = 16
KEY_REUSED: Final = "This idempotency key was used for another request; use a new one."


def client_receipt(actor: str, key: ClientKey) -> ReceiptKey:
    """The receipt of a client's key. The actor ends where the NUL is, which no actor and no key contains."""
    hashed = sha256(actor.encode() + b"\0" + key.text.encode()).digest()
    return ReceiptKey(key=hashed, fingerprint=key.fingerprint, keep_for=CLIENT_KEPT_FOR)


def server_receipt(secret: Callable[[int], bytes]) -> ReceiptKey:
    """A receipt of the server's own, for one append."""
    return ReceiptKey(key=secret(KEY_BYTES), fingerprint=b"", keep_for=SERVER_KEPT_FOR)


def step_receipt(receipt_key: ReceiptKey, step: str) -> ReceiptKey:
    """The receipt of one step of a request that takes several; its key follows from the client's."""
    hashed = sha256(receipt_key.key + b"\0" + step.encode()).digest()
    return ReceiptKey(key=hashed, fingerprint=receipt_key.fingerprint, keep_for=receipt_key.keep_for)


def intent_of(receipt_key: ReceiptKey | None) -> bytes:
    """What an attempt at the gateway remembers of the request behind it: 32 bytes of key, 32 of fingerprint."""
    return b"" if receipt_key is None else receipt_key.key + receipt_key.fingerprint


def is_intent_of(receipt_key: ReceiptKey | None, intent: bytes) -> bool:
    """Whether an attempt was begun under this key. Refused: IdempotencyKeyReused where it was for another request."""
    if receipt_key is None or intent[:KEY_BYTES] != receipt_key.key:
        return False
    if intent[KEY_BYTES:] != receipt_key.fingerprint:
        raise IdempotencyKeyReused(KEY_REUSED)
    return True


async def sealed_body(keyring: Keyring, venue_id: UUID, subject: UUID | None, body: bytes) -> bytes:
    """An answer as the ledger may keep it; nothing of it where the subject has been forgotten."""
    if subject is None:
        return body
    try:
        return (await keyring.seal(venue_id, subject, body.decode())).box
    except KeyError:
        return b""


async def find(ledger: Ledger, keyring: Keyring, venue_id: UUID, receipt_key: ReceiptKey) -> Answered | None:
    """What was answered under this key, or None. Refused: IdempotencyKeyReused."""
    receipt = await ledger.receipt(venue_id, receipt_key.key)
    return None if receipt is None else await replay(keyring, venue_id, receipt_key, receipt)


def require_same_request(receipt_key: ReceiptKey, receipt: Receipt) -> None:
    """Refuse a key that was used for another request with IdempotencyKeyReused."""
    if receipt.fingerprint != receipt_key.fingerprint:
        raise IdempotencyKeyReused(KEY_REUSED)


async def replay(keyring: Keyring, venue_id: UUID, receipt_key: ReceiptKey, receipt: Receipt) -> Answered:
    """The first answer again: 200 where it was a success, else its own status."""
    require_same_request(receipt_key, receipt)
    body = receipt.body
    if receipt.subject is not None:
        [text] = await keyring.unseal(venue_id, [Sealed(subject=receipt.subject, box=receipt.body)])
        if text is None:
            raise AnswerForgotten("This was answered once, and has been forgotten with the guest it was about.")
        body = text.encode()
    succeeded = receipt.status < HTTPStatus.BAD_REQUEST
    return Answered(
        status=HTTPStatus.OK if succeeded else receipt.status, body=body, position=receipt.position, replayed=True
    )
