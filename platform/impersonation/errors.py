class ImpersonationError(ValueError):
    """Seeing as somebody was refused; ``message`` can be shown to whoever asked."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
