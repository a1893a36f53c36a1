class JobError(ValueError):
    """A job was refused; ``message`` can be shown to whoever asked."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Canceled(Exception):
    """Somebody asked that the job end; raised where it tells how far it is."""
