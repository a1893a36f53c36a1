"""Calendars of sessions, and which step of them was taken. Rows change only through `actions`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trading.instruments.models import Instrument, State


class Calendar(models.Model):
    """Weekly sessions in a time zone. Instruments without a calendar trade around the clock."""

    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=64, help_text="IANA name, such as Europe/Zurich.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One session a week, by the local clock; see `hours.Hours`."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="sessions")
    weekday = models.PositiveSmallIntegerField(help_text="On which it opens; Monday is 0.")
    auction_at = models.TimeField(null=True)
    opens_at = models.TimeField()
    closing_auction_at = models.TimeField(null=True)
    closes_at = models.TimeField()

    class Meta:
        ordering = ["calendar_id", "weekday"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday"], name="session_once_a_day"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="session_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id}: {self.weekday} {self.opens_at}-{self.closes_at}"


class Holiday(models.Model):
    """A local date on which no session begins."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField()
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["calendar_id", "date"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="holiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id}: {self.date}"


class Schedule(models.Model):
    """An instrument that trades by a calendar."""

    instrument = models.OneToOneField(
        Instrument, primary_key=True, on_delete=models.CASCADE, related_name="schedule"
    )
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="schedules")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.instrument_id} by {self.calendar_id}"


class TakenStep(models.Model):
    """A step of an instrument's calendar that was dealt with, once."""

    class Outcome(models.TextChoices):
        SENT = "sent", _("Sent to the engine")
        KEPT = "kept", _("Left as staff had set it")

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    state = models.SmallIntegerField(choices=State.choices)
    ends_at = models.DateTimeField()
    outcome = models.CharField(max_length=4, choices=Outcome.choices)
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "at", "state", "ends_at"], name="step_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id}: {State(self.state).name} at {self.at}"
