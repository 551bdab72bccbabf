"""Why an account says no."""

from domain.shared.refusals import Conflicting, Missing, Refused


class AccountExists(Conflicting):
    """That e-mail address has an account already."""

    code = "ACCOUNT_EXISTS"


class AccountNotFound(Missing):
    """There is no such account."""

    code = "ACCOUNT_NOT_FOUND"


class InvalidCredentials(Refused):
    """A wrong log-in. The sentence is one and the same for every cause, so that it gives nothing away."""

    code = "INVALID_CREDENTIALS"
