"""Where statements come from by themselves: a bank's SFTP folder, or its connector's posts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wallets.payments.models.statements import BankStatement


class SourceKind(models.TextChoices):
    SFTP = "sftp", _("SFTP folder")
    API = "api", _("Posted by a connector")


class StatementSource(models.Model):
    """One way by which statements come without a person. Its credentials are sealed.

    `takes_in`: what passes all checks counts at once; else a person takes each statement in.
    """

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=4, choices=SourceKind.choices)
    host = models.CharField(max_length=200, blank=True)
    port = models.PositiveIntegerField(default=22)
    login = models.CharField(max_length=80, blank=True)
    folder = models.CharField(max_length=300, blank=True)
    host_key = models.CharField(max_length=1000, blank=True, help_text="The only one believed.")
    sealed = models.BinaryField(default=b"")
    key_hash = models.CharField(max_length=64, blank=True)
    takes_in = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    every_minutes = models.PositiveIntegerField(default=15)
    look_at = models.DateTimeField(null=True, help_text="When it is looked at next.")
    looked_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True, help_text="When it brought something last.")
    error = models.CharField(max_length=300, blank=True)
    error_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="sftp") | ~Q(host_key=""), name="source_of_sftp_is_pinned"
            ),
            models.UniqueConstraint(
                fields=["key_hash"], condition=~Q(key_hash=""), name="source_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Came(models.TextChoices):
    """What became of a file."""

    TAKEN = "taken", pgettext_lazy("what became of a file", "Read")
    KNOWN = "known", pgettext_lazy("what became of a file", "Known already")
    REFUSED = "refused", pgettext_lazy("what became of a file", "Refused")


class SourceFile(models.Model):
    """A file that a source brought, once for each name and content. Never changed."""

    source = models.ForeignKey(StatementSource, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    stamp = models.CharField(max_length=60, help_text="Size and time, by which it is known again.")
    sha256 = models.CharField(max_length=64)
    became = models.CharField(max_length=8, choices=Came.choices)
    note = models.CharField(max_length=300, blank=True)
    statement = models.ForeignKey(BankStatement, null=True, on_delete=models.PROTECT)
    came_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "name", "stamp"], name="source_file_once")
        ]

    def __str__(self) -> str:
        return self.name
