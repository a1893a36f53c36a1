"""Refused adjustments."""


class AdjustmentError(ValueError):
    """An adjustment that cannot be asked for or decided as it is; says what to do."""
