"""Management commands run by hand: a database that is away is told at once, in a sentence."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime import servers
from runtime.child import MARK
from runtime.errors import RuntimeProblem


def is_by_hand(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether this is `manage.py` of somebody who waits, not a process of the product."""
    return Path(arguments[0]).name == "manage.py" and MARK not in environ


def run(arguments: Sequence[str]) -> None:
    """Django's command line; raises RuntimeProblem if the database is not there for it."""
    from django.core.management import execute_from_command_line
    from django.db import InterfaceError, OperationalError

    try:
        execute_from_command_line(list(arguments))
    except (InterfaceError, OperationalError) as error:
        if "--traceback" in arguments or not is_by_hand(sys.argv, os.environ):
            raise
        from django.conf import settings

        if problem := servers.database_problem(settings.DATABASE_URL):
            raise RuntimeProblem(
                f"The database does not answer ({problem}): start the product with `make run`, or "
                "check DATABASE_URL."
            ) from error
        raise
