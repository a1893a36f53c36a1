from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class JobState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("state of a job", "Waiting")
    RUNNING = "running", pgettext_lazy("state of a job", "Running")
    DONE = "done", pgettext_lazy("state of a job", "Done")
    FAILED = "failed", pgettext_lazy("state of a job", "Failed")
    CANCELED = "canceled", pgettext_lazy("state of a job", "Canceled")


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELED)


class Job(models.Model):
    """One piece of long work. ``kind`` names who does it (`jobs.registry`), with ``parameters``.

    ``done`` of ``total`` parts are behind it; a total of 0 is not known. A job that its worker
    left is begun anew from the beginning, so the work must bear that.
    """

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    told = ArrayField(
        models.BigIntegerField(), default=list, help_text="Users who may have the file as well."
    )
    key = models.CharField(
        max_length=120, null=True, unique=True, help_text="The same thing is asked for once."
    )
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    tries = models.SmallIntegerField(default=0)
    run = models.CharField(
        max_length=32, blank=True, help_text="Of the worker that has it: an older one is refused."
    )
    error = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    begun_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="When its worker last told how far it is.")
    cancel_at = models.DateTimeField(null=True, help_text="When somebody asked that it end.")
    ended_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=120, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file_bytes = models.BigIntegerField(default=0)
    stored = models.CharField(max_length=64, blank=True, help_text="Where `jobs.store` keeps it.")
    expires_at = models.DateTimeField(null=True, help_text="From then on there is no file.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["asked_by", "-id"], name="job_of_user"),
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="job_not_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}: {self.title}"

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100; 100 only when it is done."""
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total > 0 else 0

    @property
    def has_file(self) -> bool:
        """Whether there is a file that can still be taken."""
        return bool(self.stored and self.expires_at and self.expires_at > timezone.now())
