"""Refused changes of rules."""


class RulesError(ValueError):
    """What cannot be done as it is; the sentence says why and what to do."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
