"""Refused changes of calendars."""


class CalendarError(ValueError):
    """A calendar that cannot be as it is; `field` names what to correct, if one thing."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
