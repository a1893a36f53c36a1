#!/usr/bin/env python
"""Django's command line, with the project root and the source root `platform/` on the path."""

import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
EXIT_PROBLEM = 2
USE_OURS = "use .venv/bin/python, which `make setup` makes."


def main() -> None:
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        found = ".".join(str(number) for number in sys.version_info[:2])
        refuse(f"Marque needs Python 3.11 or 3.12, and this is Python {found}: {USE_OURS}")
    for folder in (ROOT / "platform", ROOT):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    try:
        from runtime import by_hand, environment, up
    except ModuleNotFoundError as error:
        refuse(f"{sys.executable} has no package {error.name}: {USE_OURS}")
    from runtime.errors import RuntimeProblem

    if sys.argv[1:2] in (["up"], ["stop"]):  # they start and end what Django needs
        sys.exit(up.main(sys.argv[1:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        environment.load()
        by_hand.run(sys.argv)
    except RuntimeProblem as problem:
        refuse(str(problem))


def refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    sys.exit(EXIT_PROBLEM)


if __name__ == "__main__":
    main()
