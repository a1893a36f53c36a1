"""Asking for a rebuild, deciding on it, and the work in between: each state one audit record."""

from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context
from kombu.exceptions import OperationalError

from audit import actions as audit
from clearing.models import Rebuild, RebuildDifference, RebuildState
from clearing.rebuilding import comparing, mending, shadow, states
from clearing.rebuilding.comparing import DIFFERENT, EXTRA, MISSING, Compared
from clearing.rebuilding.errors import RebuildError
from trading.commands.actors import require
from trading.engine.journal import JournalError

log = structlog.get_logger("clearing")

MIN_REASON_CHARACTERS = 5
MOST_KEPT = 200  # differences kept of one table, to be looked at


def ask_for_rebuild(*, reason: str, acting_user: Any) -> Rebuild:
    """Have the tables built again and compared. Raises RebuildError, PermissionDenied."""
    _require_own_staff(acting_user, "rebuild.ask")
    reason = _reason(reason, _("Say why the tables are to be built again."))
    try:
        with transaction.atomic():
            row = Rebuild.objects.create(reason=reason, asked_by=acting_user)
            _note(row, "ask", None, acting_user, reason)
            _work_after_commit(row)
    except IntegrityError:
        raise RebuildError(
            _("Another rebuild is under way: wait for it, or decide on it.")
        ) from None
    return row


def approve_mending(*, row: Rebuild, acting_user: Any, reason: str = "") -> Rebuild:
    """The second person's yes: the rows that differ are replaced.

    Raises RebuildError, PermissionDenied.
    """
    with transaction.atomic():
        row = _decide(row, RebuildState.APPROVED, acting_user, reason)
        _work_after_commit(row)
    return row


def refuse_mending(*, row: Rebuild, acting_user: Any, reason: str) -> Rebuild:
    """The second person's no: everything stays as it is. Raises RebuildError, PermissionDenied."""
    reason = _reason(reason, _("Say why it is refused."))
    with transaction.atomic():
        row = _decide(row, RebuildState.REFUSED, acting_user, reason)
        row.ended_at = timezone.now()
        row.save()
    return row


def _decide(row: Rebuild, wanted: RebuildState, acting_user: Any, reason: str) -> Rebuild:
    _require_own_staff(acting_user, "rebuild.approve")
    row = Rebuild.objects.select_for_update().get(pk=row.pk)
    if row.asked_by_id == acting_user.pk:
        raise PermissionDenied(_("A second person has to decide what you asked for."))
    before = states.apply(row, wanted)
    row.decided_by, row.decided_at = acting_user, timezone.now()
    row.save()
    _note(
        row, "approve" if wanted == RebuildState.APPROVED else "refuse", before, acting_user, reason
    )
    return row


def work(*, rebuild_id: int, tenant: Any, sql: "psycopg.Connection[Any]") -> bool:
    """Do the next piece of a rebuild; whether there is more to do at once.

    `sql` is a connection of clearing's, whose role owns the tables. What goes wrong ends the
    rebuild and is said in it.
    """
    with shadow.alone(sql, tenant.schema_name):
        row = Rebuild.objects.get(pk=rebuild_id)
        return row.state in states.UNDERWAY and _work(_Work(row, tenant, sql))


def _work(worker: "_Work") -> bool:
    row = worker.row
    try:
        if row.state == RebuildState.ASKED:
            return worker.begin()
        if row.state == RebuildState.BUILDING:
            return worker.build_on()
        return worker.mend()
    except (RebuildError, JournalError, OSError, psycopg.Error) as error:
        worker.fail(error)
        return False


class _Work:
    """One piece of work on a rebuild."""

    def __init__(self, row: Rebuild, tenant: Any, sql: "psycopg.Connection[Any]") -> None:
        self.row = row
        self.schema_name = tenant.schema_name
        self.sql = sql
        self.builder = shadow.Builder(sql, Path(settings.ENGINE_DIR), tenant.pk, tenant.schema_name)

    def begin(self) -> bool:
        self.builder.check_journal()
        shadow.make(self.sql, self.schema_name)
        self.row.target_seq = shadow.live_seq(self.sql, self.schema_name)
        self._step(RebuildState.BUILDING, "begin")
        return True

    def build_on(self) -> bool:
        self.row.seq = self.builder.slice(self.row.target_seq)
        if self.row.seq < self.row.target_seq:
            self.row.save()
            return True
        found = self._compare(mend=False)[0]
        differences = [item for compared in found for item in compared.differences]
        self.row.tables = [_summary(compared) for compared in found]
        self.row.compared_at = timezone.now()
        with transaction.atomic():
            _keep(self.row, found)
            if differences:
                self._step(RebuildState.COMPARED, "compare")
                return False
            self.row.ended_at = timezone.now()
            self._step(RebuildState.SAME, "compare")
        shadow.drop(self.sql, self.schema_name)
        return False

    def mend(self) -> bool:
        _, self.row.mended_rows = self._compare(mend=True)
        self.row.ended_at = timezone.now()
        self._step(RebuildState.MENDED, "mend")
        shadow.drop(self.sql, self.schema_name)
        return False

    def _compare(self, *, mend: bool) -> tuple[list[Compared], int]:
        """Compare at one seq (see `comparing`) and mend; how many rows were."""
        with shadow.transaction(self.sql, self.schema_name) as cursor:
            keys = comparing.candidates(cursor, self.schema_name)
        with shadow.transaction(self.sql, self.schema_name) as cursor:
            seq = mending.hold_checkpoint(cursor)
            while self.builder.slice(seq) < seq:
                pass
            self.row.seq = self.row.target_seq = seq
            found = comparing.compare(cursor, self.schema_name, keys)
            return found, mending.mend(cursor, self.schema_name, found) if mend else 0

    def fail(self, error: Exception) -> None:
        self.row.refresh_from_db()
        self.row.problem = str(error)[:500] or type(error).__name__
        self.row.ended_at = timezone.now()
        self._step(RebuildState.FAILED, "fail")
        shadow.drop(self.sql, self.schema_name)

    def _step(self, wanted: RebuildState, verb: str) -> None:
        with transaction.atomic():
            before = states.apply(self.row, wanted)
            self.row.save()
            _note(self.row, verb, before, None, self.row.problem)


def _summary(compared: Compared) -> dict[str, Any]:
    return {
        "table": compared.table,
        "rows": compared.rows,
        **{kind: compared.count(kind) for kind in (MISSING, EXTRA, DIFFERENT)},
    }


def _keep(row: Rebuild, found: list[Compared]) -> None:
    RebuildDifference.objects.bulk_create(
        [
            RebuildDifference(
                rebuild=row,
                table=item.table,
                kind=item.kind,
                key=item.key,
                live=item.live,
                rebuilt=item.rebuilt,
                event_seq=item.event_seq,
            )
            for compared in found
            for item in compared.differences[:MOST_KEPT]
        ]
    )


def _note(
    row: Rebuild, verb: str, before: RebuildState | None, acting_user: Any, reason: str
) -> None:
    audit.record(
        f"clearing.{verb}_rebuild",
        row,
        old={"state": before.value} if before else None,
        new={"state": row.state, "seq": row.seq, "mended_rows": row.mended_rows},
        acting_user=acting_user,
        reason=reason[:500],
    )


def _work_after_commit(row: Rebuild) -> None:
    schema_name = connection.schema_name

    def send() -> None:
        from clearing.tasks import work_on_rebuild

        with schema_context(schema_name):
            try:
                work_on_rebuild.delay(row.pk)
            except OperationalError:
                log.warning("a rebuild waits for manage.py rebuild: no broker", rebuild=row.pk)

    transaction.on_commit(send)


def _reason(text: str, otherwise: str) -> str:
    text = text.strip()
    if len(text) < MIN_REASON_CHARACTERS:
        raise RebuildError(otherwise)
    return text[:500]


def _require_own_staff(acting_user: Any, capability: str) -> None:
    """Rows are mended for the firm by its own staff, never by the platform or the system."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff have its tables mended."))
    require(acting_user, capability)
