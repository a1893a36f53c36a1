"""Database fields for amounts."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models


class UnitsField(models.DecimalField):
    """A whole number of units, numeric(38, 0)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 38
        kwargs["decimal_places"] = 0
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Decimal | None, *_: Any) -> int | None:
        return None if value is None else int(value)

    def to_python(self, value: Any) -> int | None:
        number = super().to_python(value)
        return None if number is None else int(number)

    if TYPE_CHECKING:  # what a row has in its place

        def __get__(self, row: Any, owner: Any = None) -> Any: ...
        def __set__(self, row: Any, value: Any) -> None: ...
