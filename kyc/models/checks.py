"""Checks of identities by providers outside: who they are, what was asked, what they said."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kyc.models.cases import KycCase


class CheckProvider(models.Model):
    """A provider as one firm uses it. Its credentials are encrypted and never shown again."""

    code = models.SlugField(max_length=24, unique=True, help_text="Part of its webhook's address.")
    title = models.CharField(max_length=80, help_text="Customers read it: whom their data goes to.")
    adapter = models.CharField(max_length=20)
    address = models.CharField(max_length=300)
    credentials = models.BinaryField(default=bytes, help_text="See `kyc.providers.Credentials`.")
    from_tier = models.PositiveSmallIntegerField(
        default=1, help_text="Persons who ask for this tier or a higher one are checked."
    )
    is_active = models.BooleanField(default=True)
    forged_count = models.PositiveIntegerField(
        default=0, help_text="Messages that came with a wrong signature."
    )
    forged_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class CheckState(models.TextChoices):
    WANTED = "wanted", _("To be sent")
    UNKNOWN = "unknown", _("Not known: the provider is asked")
    RUNNING = "running", _("With the provider")
    CLEAR = "clear", _("Nothing against it")
    CONSIDER = "consider", _("Something to look at")
    CONTRADICTING = "contradicting", _("Contradicting answers")
    REFUSED = "refused", _("Refused by the provider")
    ENDED = "ended", _("Not waited for any more")


# A case is not approved while one of its checks is in one of these: nobody knows its result.
OUTSTANDING = (CheckState.WANTED, CheckState.UNKNOWN, CheckState.RUNNING, CheckState.REFUSED)
AGAINST = (CheckState.CONSIDER, CheckState.CONTRADICTING)


class ProviderCheck(models.Model):
    """One check of one case at one provider. It decides nothing; see `kyc.actions.checks`.

    ``key`` is our own reference, given to the provider with the request: asked for again, it is
    the same check there.
    """

    case = models.ForeignKey(KycCase, on_delete=models.PROTECT, related_name="checks")
    provider = models.ForeignKey(CheckProvider, on_delete=models.PROTECT, related_name="checks")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    external_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=14, choices=CheckState.choices, default=CheckState.WANTED)
    version = models.PositiveIntegerField(default=0, help_text="Of the newest word heard.")
    found = models.BinaryField(default=bytes, help_text="[[code, sentence]…], encrypted.")
    tries = models.PositiveIntegerField(default=0)
    note = models.CharField(
        max_length=200, blank=True, help_text="What went wrong last; nothing personal."
    )
    is_current = models.BooleanField(default=True, help_text="False: the case was sent anew since.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When a result came last.")
    next_at = models.DateTimeField(null=True, help_text="When it is sent or asked about next.")
    looked_at = models.DateTimeField(
        null=True, help_text="When somebody looked at what came after the decision."
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "provider"],
                condition=Q(is_current=True),
                name="kyc_check_one_current",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="kyc_check_due"
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"


class ProviderWord(models.Model):
    """One thing a provider said of a check, by webhook or when asked; kept once by its event."""

    provider_check = models.ForeignKey(
        ProviderCheck, on_delete=models.CASCADE, related_name="words"
    )
    event = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, help_text="running, clear, consider")
    how = models.CharField(max_length=8, help_text="answer, webhook, asked")
    effect = models.CharField(
        max_length=12, help_text="taken, older, contradicts, ended: what it did."
    )
    made_at = models.DateTimeField(help_text="By the provider's clock.")
    heard_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["provider_check", "event"], name="kyc_word_once"),
        ]

    def __str__(self) -> str:
        return f"word {self.pk} of check {self.provider_check_id}"
