"""Refused bookkeeping."""


class BookkeepingError(ValueError):
    """An entry or a period that cannot be asked for or decided as it is; says what to do."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
