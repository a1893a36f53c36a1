"""Form tokens: a form that was sent once is done once, however often the button is pressed."""

from django.db import models


class FormToken(models.Model):
    """One sent form. It stands in the platform's schema, so it names the schema it was for."""

    token = models.UUIDField(primary_key=True)
    schema_name = models.CharField(max_length=63)
    user_id = models.BigIntegerField()
    address = models.CharField(max_length=500, blank=True, help_text="Where the first send led.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        db_table = "backoffice_form_token"

    def __str__(self) -> str:
        return str(self.token)
