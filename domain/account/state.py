"""An account as its history leaves it."""

from uuid import UUID

from msgspec import Struct

from domain.shared.sealed import Sealed


class Account(Struct, frozen=True, kw_only=True):
    """A staff account; `account_id` is None until it was created. `logins` are the log-ins that are still good.

    `venues` maps the ids of venues that have a say about it to their slugs, as pairs in the order of joining.
    """

    account_id: UUID | None = None
    email: Sealed | None = None
    name: Sealed | None = None
    venues: tuple[tuple[UUID, str], ...] = ()
    logins: tuple[UUID, ...] = ()
    disabled: bool = False
