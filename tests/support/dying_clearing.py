"""`manage.py clearing` that is killed, as by kill -9, at one byte of what it sends to the database.

    python dying_clearing.py BYTES [OPTIONS OF clearing]

The worker is the product's own. It dies in the middle of a COPY, so in the middle of a
transaction, with the rows of that transaction partly at the server.
"""

import os
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

from psycopg import Copy

ROOT = Path(__file__).resolve().parents[2]


def die_after(count: int) -> None:
    """Kill this process once so many bytes went into COPY."""
    write, left = Copy.write, count

    def write_until(self: Any, buffer: Any) -> None:
        nonlocal left
        if len(buffer) >= left:
            write(self, bytes(buffer)[:left])
            os.kill(os.getpid(), signal.SIGKILL)
        left -= len(buffer)
        write(self, buffer)

    Copy.write = write_until  # type: ignore[method-assign]


if __name__ == "__main__":
    die_after(int(sys.argv[1]))
    sys.argv = [str(ROOT / "manage.py"), "clearing", *sys.argv[2:]]
    sys.path.insert(0, str(ROOT))
    runpy.run_path(sys.argv[0], run_name="__main__")
