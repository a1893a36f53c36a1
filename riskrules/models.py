"""Tables of the rules: versions and their rules, what was judged, what somebody has to see."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from riskrules import rulesets

_USER = {"null": True, "on_delete": models.PROTECT, "related_name": "+"}


class VersionState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("rules", "Draft")
    TESTED = "tested", _("Tested draft")
    PROPOSED = "proposed", pgettext_lazy("rules", "Waits for a second person")
    LIVE = "live", pgettext_lazy("rules", "In force")
    RETIRED = "retired", _("Was in force")
    DISCARDED = "discarded", pgettext_lazy("rules", "Discarded")


OPEN = (VersionState.DRAFT, VersionState.TESTED, VersionState.PROPOSED)
WRITABLE = (VersionState.DRAFT, VersionState.TESTED)


class RuleVersion(models.Model):
    """All rules of one kind of facts at a time. Once proposed its rules never change: the
    database refuses it (see the migration)."""

    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    based_on = models.PositiveIntegerField(default=0, help_text="A version's number; 0: none.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_USER)
    created_at = models.DateTimeField(auto_now_add=True)
    test = models.JSONField(default=dict, help_text="What came of its last test.")
    tested_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_USER)
    tested_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_USER)
    proposed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_USER)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    live_from = models.DateTimeField(null=True)
    live_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="rule_version_number"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="live"), name="rule_version_one_live"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state__in=["draft", "tested", "proposed"]),
                name="rule_version_one_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="rule_version_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, version {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE


class RuleRow(models.Model):
    """One rule: all of its conditions met, its outcome follows."""

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="rules")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    conditions = models.JSONField(help_text="A list of [fact, comparison, value].")
    outcome = models.PositiveSmallIntegerField(
        choices=[(int(outcome), outcome.name.capitalize()) for outcome in rulesets.Outcome]
    )
    sentence = models.CharField(max_length=300)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="rule_name_once"),
            models.UniqueConstraint(fields=["version", "position"], name="rule_position_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_rule(self) -> rulesets.Rule:
        """The rule as a value; raises ValueError or TypeError if it cannot be one."""
        return rulesets.Rule(
            self.name,
            tuple(
                rulesets.Condition(fact, rulesets.Comparison(comparison), value)
                for fact, comparison, value in self.conditions
            ),
            rulesets.Outcome(self.outcome),
            self.sentence,
        )


class Evaluation(models.Model):
    """What was judged: facts and ids, nothing else about a person. Kept as long as the firm's
    setting says; drafts are tested against it."""

    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    version = models.PositiveIntegerField()
    facts = models.JSONField()
    outcome = models.PositiveSmallIntegerField()
    is_complete = models.BooleanField(default=True)
    fired = models.JSONField(default=list)
    user_id = models.BigIntegerField(default=0)
    account_id = models.BigIntegerField(default=0)
    subject = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "at"], name="rule_evaluation_kind"),
            models.Index(fields=["at"], name="rule_evaluation_at"),
        ]

    def __str__(self) -> str:
        return f"evaluation {self.pk}"


class Alert(models.Model):
    """What a rule wants somebody to see. While nobody has, the same rule about the same customer
    only counts on."""

    kind = models.CharField(max_length=20)
    rule = models.CharField(max_length=60, blank=True, help_text="Empty: judging failed.")
    sentence = models.CharField(max_length=300)
    outcome = models.PositiveSmallIntegerField()
    user_id = models.BigIntegerField(default=0)
    account_id = models.BigIntegerField(default=0)
    subject = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_USER)
    seen_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "rule", "user_id", "account_id"],
                condition=Q(seen_at__isnull=True),
                name="rule_alert_one_open",
            )
        ]
        indexes = [models.Index(fields=["seen_at", "last_at"], name="rule_alert_open")]

    def __str__(self) -> str:
        return f"alert {self.pk}"
