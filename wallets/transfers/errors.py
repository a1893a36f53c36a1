"""Refused transfers."""


class TransferError(ValueError):
    """A transfer that cannot be asked for as it is; says what to do. ``field`` may name what of
    the form is wrong: source, target, asset or amount."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
