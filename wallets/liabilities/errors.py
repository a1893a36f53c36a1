"""Refused publications."""


class LiabilitiesError(ValueError):
    """The liabilities cannot be published as they are; says why."""
