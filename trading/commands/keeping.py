"""What of the engine journal is kept where: the settings, and who has come how far.

A room that reads the journal registers a function that tells the last seq it has done with, by a
name for each reader. What cannot be asked is needed from the first record on: nothing is archived
past a reader that is not known.
"""

from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError

from trading.engine.operating import OperatingError
from trading.engine.operating.archiving import Done, Policy, carry_out, plan

Positions = Callable[[], dict[str, int]]

_readers: list[Positions] = []


def register(positions: Positions) -> None:
    """Have nothing archived past the seqs that ``positions`` tells."""
    if positions not in _readers:
        _readers.append(positions)


def positions() -> dict[str, int]:
    """The last seq that each reader has done with; raises OperatingError if one cannot say."""
    found: dict[str, int] = {}
    for tell in _readers:
        try:
            found |= tell()
        except (DatabaseError, redis.RedisError, OSError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise OperatingError(
                f"It cannot be asked who still needs the journal ({reason}): nothing is archived."
            ) from error
    return found


def policy() -> Policy:
    """The policy of the settings."""
    return Policy(
        folder=settings.ENGINE_ARCHIVE_DIR,
        compression=settings.ENGINE_ARCHIVE_COMPRESSION,
        kept_segments=settings.ENGINE_SEGMENTS_KEPT,
        kept_days=settings.ENGINE_ARCHIVE_DAYS,
    )


def archive() -> Done:
    """Archive and remove by policy what nobody needs; raises OperatingError, JournalError."""
    engine_dir, chosen = Path(settings.ENGINE_DIR), policy()
    planned = plan(engine_dir, settings.ENGINE_SOCKET, chosen, positions())
    return carry_out(engine_dir, planned, chosen)
