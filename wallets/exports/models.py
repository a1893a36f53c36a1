from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class Schedule(models.TextChoices):
    NONE = "none", pgettext_lazy("schedule of a report", "Not by itself")
    DAILY = "daily", pgettext_lazy("schedule of a report", "Every day")
    WEEKLY = "weekly", pgettext_lazy("schedule of a report", "Every Monday")
    MONTHLY = "monthly", pgettext_lazy("schedule of a report", "On the first of the month")


class Span(models.TextChoices):
    """Which days a file that comes by itself is about, counted from the day it is due."""

    KEPT = "kept", pgettext_lazy("days of a report", "The days kept with the filters")
    YESTERDAY = "yesterday", pgettext_lazy("days of a report", "The day before")
    LAST_WEEK = "last_week", pgettext_lazy("days of a report", "The week before, Monday to Sunday")
    LAST_MONTH = "last_month", pgettext_lazy("days of a report", "The month before")
    THIS_MONTH = "this_month", pgettext_lazy("days of a report", "The month so far")


class SavedReport(models.Model):
    """A report with its filters under a name; with a schedule its file is made when it is due.

    Colleagues who have the right to the report see it; who kept it changes it. Files are mailed
    as links to ``recipients`` (user ids), each of whom needs the right when a file is made and
    when it is taken.
    """

    name = models.CharField(max_length=80)
    report = models.CharField(max_length=24, help_text="A name of `kinds.KINDS`.")
    filters = models.JSONField(default=dict, help_text="By the names of `reports.asking`.")
    schedule = models.CharField(max_length=8, choices=Schedule.choices, default=Schedule.NONE)
    span = models.CharField(max_length=12, choices=Span.choices, default=Span.KEPT)
    hour = models.SmallIntegerField(default=6, help_text="In the firm's time zone.")
    file_kind = models.CharField(max_length=4, default="xlsx")
    recipients = ArrayField(models.BigIntegerField(), default=list)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    next_due_at = models.DateTimeField(null=True)
    last_due_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=200, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hour__gte=0, hour__lte=23), name="saved_report_hour"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_due_at"],
                condition=models.Q(next_due_at__isnull=False),
                name="saved_report_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name
