"""Refused steps of a reconciliation."""


class ReconciliationError(ValueError):
    """A break or an outside balance that cannot be changed like this; says what to do."""
