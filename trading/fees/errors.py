"""Refused changes of fee tiers."""


class FeeError(ValueError):
    """A change that cannot be made as it is; `field` names what to correct, if one thing."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
