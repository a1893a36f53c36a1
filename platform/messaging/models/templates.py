from django.db import models
from django.utils import timezone


class MessageTemplate(models.Model):
    """A firm's own words for a message in one language; every version stays.

    At most one version is in force; while none is, the shipped words are sent.
    """

    template = models.CharField(max_length=60)
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    is_in_force = models.BooleanField()
    changed_by = models.CharField(max_length=254)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "version"], name="messaging_template_version"
            ),
            models.UniqueConstraint(
                fields=["template", "language"],
                condition=models.Q(is_in_force=True),
                name="messaging_template_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.language} v{self.version}"
