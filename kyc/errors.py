"""Refusals of KYC, in words for the person who asked."""


class KycError(ValueError):
    """Something that cannot be done as it is; says what to do. ``field`` may name the answer."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class BadUpload(KycError):
    """A file that is not taken. ``smells`` says that it looks made to do harm."""

    def __init__(self, message: str, *, smells: bool = False) -> None:
        super().__init__(message)
        self.smells = smells
