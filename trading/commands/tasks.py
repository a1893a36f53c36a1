"""Background work around the engine."""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings

from trading.commands import keeping
from trading.engine import journal
from trading.engine.operating import OperatingError

log = logging.getLogger("engine")


@shared_task
def archive_journal() -> None:
    """Archive what nobody needs any more; without the journal on this machine nothing is done."""
    if not journal.segments_dir(Path(settings.ENGINE_DIR)).is_dir():
        return
    try:
        done = keeping.archive()
    except (OperatingError, journal.JournalError, OSError) as error:
        log.warning("the engine journal was not archived: %s", error)
        return
    if done.moved or done.removed:
        log.info(
            "archived %d segments of the engine journal, %d bytes in %d; removed %d",
            *(done.moved, done.read_bytes, done.written_bytes, done.removed),
        )
