"""A second factor that is lost: who asked that it be taken away, who agreed, when it happens."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ResetState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("reset of a second factor", "Waits for a second person")
    WAITING = "waiting", _("Waits for its time")
    DONE = "done", pgettext_lazy("reset of a second factor", "Done")
    REFUSED = "refused", pgettext_lazy("reset of a second factor", "Refused")
    STOPPED = "stopped", _("Stopped by the customer")


OPEN_RESETS = (ResetState.ASKED, ResetState.WAITING)


class FactorReset(models.Model):
    """One reset. Two persons of the firm agree, and the customer has time to stop it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="factor_resets"
    )
    state = models.CharField(max_length=8, choices=ResetState.choices, default=ResetState.ASKED)
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=["asked", "waiting"]),
                name="care_one_open_reset",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="care_reset_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "done"])
                | Q(decided_by__isnull=False, due_at__isnull=False),
                name="care_reset_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"reset of a second factor {self.pk}"
