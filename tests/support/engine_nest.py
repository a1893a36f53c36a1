"""Starts engines out of a process that has loaded all they need, so that none loads it anew.

``python engine_nest.py`` takes a line of JSON for each, ``{"arguments": [...], "output": path}``,
and answers with the pid of a child of its own in which ``trading.engine.process`` runs with those
arguments. It ends when its input does; engines that still run then go on.
"""

import json
import os
import signal
import sys
import traceback

from trading.engine import process


def run(arguments: list[str], output: str) -> int:
    """One engine, in the child."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.closerange(3, 256)
    return process.main(arguments)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever asked watches over them
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            status = 70
            try:
                status = run(wanted["arguments"], wanted["output"])
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
