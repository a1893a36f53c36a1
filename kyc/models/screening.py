"""Watch lists, who is on them, and where customers' names came near."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ListKind(models.TextChoices):
    SANCTIONS = "sanctions", _("Sanctions")
    PEP = "pep", _("Politically exposed persons")


class HitState(models.TextChoices):
    OPEN = "open", pgettext_lazy("name near a list", "Open")
    FALSE = "false", _("Another person")
    TRUE = "true", _("The same person")
    GONE = "gone", _("No longer near")


class WatchList(models.Model):
    """A list that customers are screened against."""

    code = models.SlugField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=ListKind.choices)
    url = models.URLField(blank=True, max_length=500, help_text="Where updates come from.")
    current = models.ForeignKey(
        "kyc.ListVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class ListVersion(models.Model):
    """One state of a list. Entries of the current and the one before are kept."""

    watch_list = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    entries_count = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(auto_now_add=True)
    loaded_by = models.CharField(max_length=254)
    origin = models.CharField(max_length=500, help_text="A file's name or an address.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["watch_list", "number"], name="kyc_list_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.watch_list_id} v{self.number}"


class ListEntry(models.Model):
    """Somebody on a list."""

    version = models.ForeignKey(ListVersion, on_delete=models.CASCADE, related_name="entries")
    external_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, help_text="person, company, vessel, aircraft")
    name = models.CharField(max_length=400)
    aliases = models.JSONField(default=list)
    program = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "external_id"], name="kyc_entry_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Screening(models.Model):
    """That a customer was screened: when, why, against which versions, with which outcome."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="kyc_screenings"
    )
    cause = models.CharField(max_length=20, help_text="case, list, customer, staff")
    versions = models.JSONField(help_text='{"ofac": 3}')
    threshold_bp = models.PositiveIntegerField()
    names_count = models.PositiveSmallIntegerField()
    hits_count = models.PositiveIntegerField()
    new_hits = models.PositiveIntegerField()
    screened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"screening {self.pk}"


class Hit(models.Model):
    """A name of a customer's near one on a list. Judged once for each pair of names.

    ``fingerprint`` is the keyed hash of both: another name, or another entry, is another hit.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="kyc_hits"
    )
    list_code = models.CharField(max_length=24)
    list_kind = models.CharField(max_length=10, choices=ListKind.choices)
    external_id = models.CharField(max_length=40)
    entry_name = models.CharField(max_length=400)
    program = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=40, help_text="Whose name: customer, director, owner.")
    score_bp = models.PositiveIntegerField(help_text="10 000: all tokens alike.")
    why = models.BinaryField(help_text="Which tokens met how, encrypted: see screening.matching.")
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=6, choices=HitState.choices, default=HitState.OPEN)
    found_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-score_bp", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "fingerprint"], name="kyc_hit_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["true", "false"])
                | (Q(decided_by__isnull=False) & ~Q(reason="")),
                name="kyc_hit_decided_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["user", "state"], name="kyc_hit_of_user")]

    def __str__(self) -> str:
        return f"hit {self.pk}"
