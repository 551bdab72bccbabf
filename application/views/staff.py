"""People with an account, as they and their managers see them."""

from uuid import UUID

from application.views.view import View
from domain.roster.events import Role


class RoleView(View, frozen=True, kw_only=True):
    """`venue` is a slug."""

    venue: str
    role: Role


class UserView(View, frozen=True, kw_only=True):
    """Oneself."""

    id: UUID
    email: str | None
    name: str | None
    roles: tuple[RoleView, ...]


class StaffView(View, frozen=True, kw_only=True):
    """A member of staff; no role means that they do not work here any more."""

    id: UUID
    email: str | None
    name: str | None
    role: Role | None


class HiredView(StaffView, frozen=True, kw_only=True):
    """A new member of staff. `created`: the account was made for this, with the name and the password that were sent.

    An account that there was before keeps both, and its name is not told to whoever can guess an e-mail address.
    """

    created: bool


class LoginView(View, frozen=True, kw_only=True):
    """Both tokens are shown here once; `expires_in` is the access token's, in seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    user: UserView


class DoneView(View, frozen=True, kw_only=True):
    """Nothing to show but that it is done."""

    done: bool = True
