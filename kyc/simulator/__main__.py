"""`python -m kyc.simulator`: the simulator until it is ended."""

import argparse
import logging
import signal
import sys

from kyc.simulator.service import DEMO_ACCOUNT, Simulator, server_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m kyc.simulator")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--soon", type=float, default=1.0, help="seconds until a result")
    parser.add_argument("--late", type=float, default=30.0, help="seconds until a late one")
    parser.add_argument("--hangs", type=float, default=20.0, help="seconds of an answer that hangs")
    parser.add_argument(
        "--callback-host", default="", help="host:port that callbacks are connected to"
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    simulator = Simulator(
        DEMO_ACCOUNT,
        soon_s=options.soon,
        late_s=options.late,
        hangs_s=options.hangs,
        callback_host=options.callback_host,
    )
    server = server_of(simulator, options.port)
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
