#!/usr/bin/env python
"""Django's command line, with the project root and the source root `platform/` on the path."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    for folder in (ROOT / "platform", ROOT):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    from runtime import environment, up
    from runtime.errors import EXIT_PROBLEM, RuntimeProblem

    if sys.argv[1:2] in (["up"], ["stop"]):  # they start and end what Django needs
        sys.exit(up.main(sys.argv[1:]))
    try:
        environment.load()
    except RuntimeProblem as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(EXIT_PROBLEM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
