"""Refused or failed rebuilds."""


class RebuildError(ValueError):
    """A rebuild that cannot be asked for, decided or carried out; says why."""
