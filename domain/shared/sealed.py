"""Personal text as the domain sees it: a sealed box, opened only at the edge and only while its key exists."""

from uuid import UUID

from msgspec import Struct


class Sealed(Struct, frozen=True, kw_only=True):
    """Ciphertext of one text under one person's key.

    `subject` names the key (a guest's session, a staff account); `box` is nonce ‖ AES-256-GCM ciphertext and tag.
    Destroying the key forgets the text everywhere, and no hash in the ledger changes.
    """

    subject: UUID
    box: bytes
