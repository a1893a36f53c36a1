"""The worker's side of jobs; each task runs in one tenant's schema."""

import time

import structlog
from celery import shared_task
from django.utils.translation import gettext_noop

from jobs import actions, registry
from jobs.errors import Canceled
from jobs.models import Job, JobState

log = structlog.get_logger("marque.jobs")

LONGEST_SECONDS = 3 * 3600


class _Teller:
    """Writes how far a job is, twice a second at most; the first time at once."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._next = 0.0
        self._total = 0

    def __call__(self, done: int, total: int = 0) -> None:
        self._total = total or self._total
        now = time.monotonic()
        if now >= self._next:
            actions.tell(self._job, done, self._total)
            self._next = now + actions.TELL_SECONDS


@shared_task(soft_time_limit=LONGEST_SECONDS, time_limit=LONGEST_SECONDS + 60)
def run_job(job_id: int) -> None:
    """Do one job, if it still waits."""
    job = actions.begin(job_id)
    if job is None:
        return
    if not registry.may(job.asked_by, job):
        actions.end(
            job, JobState.FAILED, gettext_noop("Who asked for it has no right to it any more.")
        )
        return
    try:
        made = registry.kind_of(job).work(job, _Teller(job))
        with made.file:
            kept = actions.finish(job, made)
        if not kept:
            actions.end(job, JobState.CANCELED)
    except Canceled:
        actions.end(job, JobState.CANCELED)
    except Exception as error:
        # The class only: the text may hold a customer's data.
        log.exception("job failed", job_id=job.pk, kind=job.kind)
        actions.end(job, JobState.FAILED, f"It broke off ({type(error).__name__}).")


@shared_task
def send_waiting() -> int:
    """Hand over what waits, for a message may be lost; how many there were."""
    waiting = actions.give_back_silent()
    for job_id in waiting:
        run_job.delay(job_id)
    return len(waiting)


@shared_task
def forget_expired() -> int:
    """Remove files whose time is over."""
    return actions.forget_expired()
