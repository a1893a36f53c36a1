"""Cases: one customer asks for one tier, and somebody decides."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kyc.models.profiles import Risk, SubjectKind
from kyc.models.tiers import FormVersion, Tier


class CaseState(models.TextChoices):
    DRAFT = "draft", _("Being filled in")
    SUBMITTED = "submitted", _("Waiting for review")
    IN_REVIEW = "in_review", _("In review")
    MORE_NEEDED = "more_needed", _("Waiting for the customer")
    SECOND = "second", pgettext_lazy("state of a case", "Waiting for a second person")
    APPROVED = "approved", pgettext_lazy("state of a case", "Approved")
    REFUSED = "refused", pgettext_lazy("state of a case", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a case", "Withdrawn")


class Origin(models.TextChoices):
    """Why a case was opened."""

    CUSTOMER = "customer", _("Asked for by the customer")
    EXPIRY = "expiry", _("Verification or document ran out")
    COMPLIANCE = "compliance", _("Asked for by compliance")


OPEN_STATES = (
    CaseState.DRAFT,
    CaseState.SUBMITTED,
    CaseState.IN_REVIEW,
    CaseState.MORE_NEEDED,
    CaseState.SECOND,
)


class KycCase(models.Model):
    """A customer's way to a tier. What he answered is encrypted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="kyc_cases"
    )
    kind = models.CharField(max_length=8, choices=SubjectKind.choices)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.CUSTOMER)
    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.DRAFT)
    answers = models.BinaryField(default=bytes)
    risk = models.CharField(max_length=6, choices=Risk.choices, default=Risk.LOW)
    risk_points = models.PositiveIntegerField(default=0)
    found = models.BinaryField(
        default=bytes,
        help_text="What the checks found, and why the risk is what it is, encrypted: it quotes "
        "answers. See `kyc.findings.kept`.",
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="By when it should be decided.")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    escalated_at = models.DateTimeField(null=True)
    escalation_reason = models.CharField(max_length=500, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The first of two persons, who would approve.",
    )
    proposed_at = models.DateTimeField(null=True)
    proposed_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    message = models.CharField(
        max_length=500, blank=True, help_text="What the customer is told of a refusal."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=[state.value for state in OPEN_STATES]),
                name="kyc_case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(proposed_by=F("decided_by")),
                name="kyc_case_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved", risk="high") | Q(proposed_by__isnull=False),
                name="kyc_case_high_risk_by_two",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="kyc_case_queue")]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class CaseRequest(models.Model):
    """One thing more that the customer is asked for, and shown word for word."""

    case = models.ForeignKey(KycCase, on_delete=models.CASCADE, related_name="requests")
    item = models.CharField(
        max_length=60, help_text="`field:name` or `document:code` of the form; empty: in words."
    )
    message = models.CharField(max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.BinaryField(default=bytes, help_text="His words, encrypted.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"request {self.pk} of {self.case_id}"


class CaseNote(models.Model):
    """A note among staff. Never shown to the customer; encrypted, since it is about him."""

    case = models.ForeignKey(KycCase, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"note {self.pk} of {self.case_id}"
