class IdentityError(Exception):
    """A refused request. ``code`` is for programs, the message can be shown to its user."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
