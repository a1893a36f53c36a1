"""Refused changes of accounts."""


class AccountError(ValueError):
    """A change of an account that cannot be made as it is."""


class NoAccount(LookupError):
    """There is no such account for this user: not his, not here, or not at all."""
