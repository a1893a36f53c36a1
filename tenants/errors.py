class TenantError(Exception):
    """A refused request; the message can be shown to the person who made it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
