"""What all files do to a cell."""

import re

_FORMULA = tuple("=+-@\t\r\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def harmless(text: str) -> str:
    """Text that no spreadsheet runs as a formula, whoever wrote it; a number stays one."""
    return f"'{text}" if text[:1] in _FORMULA and not _NUMBER.fullmatch(text) else text
