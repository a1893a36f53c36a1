from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Banner(models.Model):
    """Something the firm tells all who come to its pages, for a time: maintenance, say."""

    class Tone(models.TextChoices):
        INFO = "info", _("For information")
        WARN = "warn", _("Needs care")
        BAD = "bad", _("Something does not work")

    tone = models.CharField(max_length=4, choices=Tone.choices, default=Tone.INFO)
    texts = models.JSONField(help_text="By language: headline and text.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["ends_at"], name="care_banner_ends")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="care_banner_has_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"banner {self.pk}"
