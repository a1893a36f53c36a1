"""Writes of jobs. Who runs one holds its ``run``: a worker that was given up changes nothing."""

import secrets
from datetime import timedelta
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tenants.utils import schema_context
from kombu.exceptions import OperationalError

from audit import actions as audit
from jobs import registry, store
from jobs.errors import Canceled, JobError
from jobs.models import ENDED, Job, JobState
from tenants import registry as settings

log = structlog.get_logger("marque.jobs")

MOST_OPEN = 5  # of one person at a time
MOST_TRIES = 3
SILENT = timedelta(minutes=3)  # a worker that has not told how far it is for so long is gone
TELL_SECONDS = 0.5


def ask_for(
    *,
    kind: str,
    title: str,
    parameters: dict[str, Any],
    acting_user: Any,
    told: list[int] | None = None,
    key: str | None = None,
) -> Job:
    """Have work done in the background. With a ``key`` the same is asked for once, whoever asks.

    Raises PermissionDenied without the right to it, JobError("too_many") when the person has
    `MOST_OPEN` others that have not ended.
    """
    job = Job(kind=kind, title=title[:160], parameters=parameters, key=key, told=told or [])
    job.asked_by = acting_user
    if not registry.may(acting_user, job):
        raise PermissionDenied("You have no right to this.")
    with transaction.atomic():
        if key and (known := Job.objects.filter(key=key).first()):
            return known
        waiting = Job.objects.filter(asked_by=acting_user).exclude(state__in=ENDED).count()
        if key is None and waiting >= MOST_OPEN:
            raise JobError(
                "too_many",
                _("%(count)s of yours have not ended yet. Wait for one, or cancel it.")
                % {"count": MOST_OPEN},
            )
        job.save(force_insert=True)
        audit.record(
            "jobs.ask",
            job,
            new={"kind": kind, "title": job.title, "parameters": parameters},
            acting_user=acting_user,
        )
        send_after_commit(job.pk)
    return job


def send_after_commit(job_id: int) -> None:
    """Hand the job to a worker once it is written; without a broker the next round does."""
    schema_name = connection.schema_name

    def send() -> None:
        from jobs.tasks import run_job

        with schema_context(schema_name):
            try:
                run_job.delay(job_id)
            except OperationalError:
                log.warning("job waits for the next round: no broker", job_id=job_id)

    transaction.on_commit(send)


def cancel(*, job: Job, acting_user: Any) -> Job:
    """Ask that a job end: at once if it waits, else where its worker tells how far it is."""
    now = timezone.now()
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if row.is_ended:
            raise JobError("ended", _("This has ended already."))
        row.cancel_at = row.cancel_at or now
        if row.state == JobState.WAITING:
            row.state, row.ended_at = JobState.CANCELED, now
        row.save()
        audit.record("jobs.cancel", row, acting_user=acting_user)
    return row


def begin(job_id: int) -> Job | None:
    """Take a waiting job; None if there is none such, or somebody else has it."""
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("asked_by")
            .filter(pk=job_id, state=JobState.WAITING)
            .first()
        )
        if job is None:
            return None
        now = timezone.now()
        job.state, job.run, job.tries = JobState.RUNNING, secrets.token_hex(16), job.tries + 1
        job.begun_at = job.seen_at = now
        job.done = job.total = 0
        job.save()
    return job


def tell(job: Job, done: int, total: int) -> None:
    """Write how far a running job is; raises Canceled if it shall end or is somebody else's."""
    mine = Job.objects.filter(pk=job.pk, run=job.run, state=JobState.RUNNING, cancel_at=None)
    if not mine.update(done=done, total=total, seen_at=timezone.now()):
        raise Canceled


def finish(job: Job, made: registry.Made) -> bool:
    """Keep what the job made; False if it was canceled meanwhile, and nothing is kept."""
    name, size = store.write(made.file)
    try:
        with transaction.atomic():
            row = Job.objects.select_for_update().get(pk=job.pk)
            is_kept = row.run == job.run and row.state == JobState.RUNNING and not row.cancel_at
            if is_kept:
                now = timezone.now()
                row.state, row.ended_at = JobState.DONE, now
                row.total = row.done = max(row.done, row.total)
                row.file_name, row.file_type, row.file_bytes = made.name, made.content_type, size
                row.stored = name
                row.expires_at = now + timedelta(days=settings.get("jobs.days_kept"))
                row.save()
                after = registry.kind_of(row).after
                if after is not None:
                    after(row)
    except BaseException:
        store.remove(name)
        raise
    if not is_kept:
        store.remove(name)
    return is_kept


def end(job: Job, state: JobState, error: str = "") -> None:
    """A running job ends without a file."""
    Job.objects.filter(pk=job.pk, run=job.run, state=JobState.RUNNING).update(
        state=state, error=error[:200], ended_at=timezone.now()
    )


def give_back_silent() -> list[int]:
    """Jobs whose worker is gone wait again, or have failed; the ids of all that wait."""
    now = timezone.now()
    with transaction.atomic():
        silent = Job.objects.select_for_update(skip_locked=True).filter(
            state=JobState.RUNNING, seen_at__lt=now - SILENT
        )
        for job in silent:
            if job.cancel_at:
                job.state, job.ended_at = JobState.CANCELED, now
            elif job.tries >= MOST_TRIES:
                job.state, job.ended_at = JobState.FAILED, now
                job.error = gettext_noop("The worker was gone each time.")
            else:
                job.state = JobState.WAITING
            job.run = ""
            job.save()
    return list(
        Job.objects.filter(state=JobState.WAITING).order_by("pk").values_list("pk", flat=True)
    )


def note_taken(*, job: Job, acting_user: Any) -> None:
    """Note who took the file, beside who saw which page."""
    audit.note_view(
        viewer_id=acting_user.pk, page="job_file", object_type="jobs.job", object_id=job.pk
    )


def forget_expired() -> int:
    """Remove files that nobody may take any more; how many there were."""
    count = 0
    for job in Job.objects.filter(expires_at__lte=timezone.now()).exclude(stored=""):
        store.remove(job.stored)
        Job.objects.filter(pk=job.pk).update(stored="")
        count += 1
    return count
