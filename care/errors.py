class CareError(ValueError):
    """Something that cannot be done as it is; says what to do. ``field`` may name the answer."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = str(message)
        self.field = field
