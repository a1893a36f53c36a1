"""`python -m wallets.payments.simulator`: the simulated gateway as a process of its own."""

import argparse
import contextlib
import signal
import threading
from pathlib import Path

from wallets.payments.simulator.service import Service


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="simulator")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, default=None, help="where payments are kept")
    options = parser.parse_args()
    service = Service(options.port, options.file)
    # `shutdown` waits for the loop that a handler of signals would stand in.
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=service.server.shutdown).start()
    )
    with contextlib.suppress(KeyboardInterrupt):
        service.run()


if __name__ == "__main__":
    main()
