"""What a user has set for himself on the portal's pages."""

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """One thing a user has set; `preferences` declares which there are and their shapes."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    name = models.CharField(max_length=80)
    value = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.name} of user {self.user_id}"
