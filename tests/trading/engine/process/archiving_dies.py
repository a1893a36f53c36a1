"""An archiving that ends its process with ``kill -9`` as it takes its Nth step on the disk."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trading.engine.operating import archiving


def dying(steps: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    left = steps

    def before(step: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments, **options)

        return taken

    return before


def archive(engine_dir: Path, socket_path: str, seq: int, steps: int) -> None:
    """To be run in a process of its own; everything up to ``seq`` is done with by all consumers.
    Returns if it came to its end before.
    """
    policy = archiving.Policy(kept_segments=2)
    planned = archiving.plan(engine_dir, socket_path, policy, {"all": seq})
    before = dying(steps)
    written = os.write

    def half_written(fd: int, data: Any) -> int:
        # A file is written in pieces: a kill leaves it short.
        return written(fd, memoryview(data)[: max(1, len(data) // 2)])

    os.write = before(half_written)  # type: ignore[assignment]
    for name in ("fsync", "utime"):
        setattr(os, name, before(getattr(os, name)))
    for name in ("rename", "unlink", "mkdir"):
        setattr(Path, name, before(getattr(Path, name)))
    archiving.carry_out(engine_dir, planned, policy)
