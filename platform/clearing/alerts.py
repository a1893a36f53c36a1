"""Tells people of quarantines, without ever being in clearing's way."""

import logging
import time
from collections.abc import Callable

from django.db import connection

from clearing import actions

log = logging.getLogger("clearing")

AGAIN_S = 5.0


class Alerts:
    """Quarantines as rows of the tenants they concern.

    A schema that refuses its own alert (its table is gone, the disk is full) gets it with the next
    try; a release that fails is tried again by `settle`.
    """

    def __init__(
        self,
        note: Callable[..., None] = actions.note_quarantine,
        release: Callable[..., None] = actions.release_quarantine,
    ) -> None:
        self._note = note
        self._release = release
        self._settled: set[str] = set()  # schemas that certainly have no open quarantine
        self._to_release: dict[str, float] = {}  # schema → not before (monotonic seconds)

    def refused(self, schema_name: str, error: str) -> None:
        self._settled.discard(schema_name)
        self._to_release.pop(schema_name, None)
        self._try(lambda: self._note(schema_name=schema_name, error=error))

    def taken(self, schema_name: str) -> None:
        """A write went through. Also the first since the start: an older process may have left
        an alert."""
        if schema_name not in self._settled:
            self._settled.add(schema_name)
            self._to_release[schema_name] = 0.0

    def settle(self) -> None:
        """Release who can be released."""
        now_s = time.monotonic()
        for schema_name, due_s in list(self._to_release.items()):
            if now_s < due_s:
                continue
            if self._try(lambda name=schema_name: self._release(schema_name=name)):  # type: ignore[misc]
                del self._to_release[schema_name]
            else:
                self._to_release[schema_name] = now_s + AGAIN_S

    @staticmethod
    def _try(write: Callable[[], None]) -> bool:
        try:
            write()
        except Exception:  # the tenant's tables are what is in trouble
            log.warning("the alert itself could not be written", exc_info=True)
            return False
        finally:
            connection.close()
        return True
