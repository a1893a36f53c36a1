"""What the processes write, line by line with their names: to the terminal and to var/log."""

import logging
import logging.handlers
import os
import select
import sys
from pathlib import Path

from runtime import folders

FILE_BYTES = 10_000_000
FILE_COUNT = 5
_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


class _File(logging.handlers.RotatingFileHandler):
    """A full disk costs log lines, not the processes."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing is left to write to."""


class Log:
    """One log of all processes: ``marque.log``, rotated, and the same lines on the terminal."""

    def __init__(self, folder: Path, *, quiet: bool = False) -> None:
        folders.make_folder(folder)
        self.path = folder / "marque.log"
        self._file = _File(self.path, maxBytes=FILE_BYTES, backupCount=FILE_COUNT, encoding="utf-8")
        self._file.setFormatter(logging.Formatter("%(asctime)s %(name)-9s | %(message)s"))
        self._coloured = sys.stdout.isatty()
        self._quiet = quiet
        self._colour_of: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """One line of the process ``name``."""
        record = logging.LogRecord(name, logging.INFO, "", 0, text, None, None)
        self._file.emit(record)
        if not self._quiet:
            self._show(f"{self._prefix(name)} {text}\n")

    def banner(self, text: str) -> None:
        """A text for the person at the terminal, without a prefix."""
        self._show(f"\n{text}\n\n")

    def close(self) -> None:
        self._file.close()

    def _prefix(self, name: str) -> str:
        if not self._coloured:
            return f"{name:<9} |"
        colour = self._colour_of.setdefault(name, _COLOURS[len(self._colour_of) % len(_COLOURS)])
        return f"\x1b[{colour}m{name:<9} |\x1b[0m"

    def _show(self, text: str) -> None:
        """Write what the terminal takes now: one that is stopped (Ctrl-S), or a pipe that nobody
        reads, costs lines, not the supervisor. The file has them all."""
        data = text.encode("utf-8", "replace")
        try:
            for start in range(0, len(data), select.PIPE_BUF):
                if not select.select([], [sys.stdout], [], 0)[1]:
                    return
                os.write(sys.stdout.fileno(), data[start : start + select.PIPE_BUF])
        except (BrokenPipeError, BlockingIOError):  # the reader went away; the file goes on
            self._quiet = True
