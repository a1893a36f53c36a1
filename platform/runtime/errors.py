"""Trouble that a person can mend: one sentence, an exit code, never a traceback."""

EXIT_PROBLEM = 2


class RuntimeProblem(Exception):
    """Something around the product is not as it must be; the message is shown as it stands."""
