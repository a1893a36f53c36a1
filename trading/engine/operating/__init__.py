"""What an operator asks of an engine and its directory, while it runs and when it does not.

Nothing in here but archiving writes to the engine's directory, and nothing needs Django:
``manage.py engine`` is the door. Whoever runs as another user than the engine needs the right to
read its directory.
"""


class OperatingError(Exception):
    """Why it cannot be done or did not hold, and what to do next, in a sentence or two."""
