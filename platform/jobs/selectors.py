from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from jobs import registry
from jobs.models import Job


def jobs_of(user: Any) -> QuerySet[Job]:
    """What a user asked for or is told of, newest first."""
    return Job.objects.filter(Q(asked_by_id=user.pk) | Q(told__contains=[user.pk]))


def access_job(acting_user: Any, job_id: int) -> Job:
    """A job of the user's own, for as long as he has the right to what it makes; else Http404."""
    job = jobs_of(acting_user).filter(pk=job_id).first()
    if job is None or not registry.may(acting_user, job):
        raise Http404
    return job
