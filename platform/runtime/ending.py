"""The end of a process that has been told to stop, in bounded time.

Work that runs in threads cannot be broken off from outside, and Python waits for it at the end.
What such work does is safe against the loss of its process at any moment: database transactions
are rolled back, queued tasks are delivered again. So a process that was told to stop leaves after
a moment, whatever still runs in it.
"""

import os
import sys
import threading


def within(seconds: float) -> None:
    """Leave with exit code 0 after so long, unless the process has ended by itself."""
    timer = threading.Timer(seconds, _leave, [seconds])
    timer.daemon = True
    timer.start()


def _leave(seconds: float) -> None:
    sys.stderr.write(f"work that was not done within {seconds:g} s is broken off\n")
    sys.stderr.flush()
    os._exit(0)
