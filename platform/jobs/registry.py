"""Who does which kind of job. Rooms register theirs in ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Protocol

from jobs.models import Job


@dataclass(frozen=True)
class Made:
    """What a job came to: an open file at its beginning, closed by whoever gets it."""

    file: IO[bytes]
    name: str
    content_type: str


class Progress(Protocol):
    """Told how far the work is. Raises `jobs.errors.Canceled` when it is not wanted any more."""

    def __call__(self, done: int, total: int = 0) -> None: ...


@dataclass(frozen=True)
class Kind:
    """``may``: whether a user has the right to the work and its file, asked before it runs and
    whenever somebody wants the file. ``after``: called once it is done, in the transaction that
    says so."""

    work: Callable[[Job, Progress], Made]
    may: Callable[[Any, dict[str, Any]], bool]
    after: Callable[[Job], None] | None = None


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    _kinds[name] = kind


def kind_of(job: Job) -> Kind:
    """The kind of a job; KeyError for one that nobody registered."""
    return _kinds[job.kind]


def may(user: Any, job: Job) -> bool:
    """Whether a user who works here has the right to what the job makes."""
    kind = _kinds.get(job.kind)
    return bool(kind and user.is_active and kind.may(user, job.parameters))
