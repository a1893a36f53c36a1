from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_tenants.models import DomainMixin, TenantMixin

SLUG_VALIDATOR = RegexValidator(
    r"^[a-z][a-z0-9-]{1,30}[a-z0-9]\Z",
    _("Use 3 to 32 small letters, digits and hyphens, beginning with a letter."),
)


class Tenant(TenantMixin):
    """A white-label firm. Its id is the engine's tenant id; its schema holds all that is its own.

    The row whose schema is ``public`` stands for the platform itself.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("state of a firm", "Active")
        SUSPENDED = "suspended", pgettext_lazy("state of a firm", "Suspended")

    name = models.CharField(max_length=80)
    slug = models.CharField(max_length=32, unique=True, validators=[SLUG_VALIDATOR])
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    plan = models.CharField(max_length=32, default="standard")
    template = models.CharField(max_length=32, blank=True)
    shard = models.PositiveSmallIntegerField(default=0)
    reporting_currency = models.CharField(max_length=12, default="USDT")
    timezone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=now, editable=False)

    auto_create_schema = False
    auto_drop_schema = False

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_platform(self) -> bool:
        return bool(self.schema_name == "public")

    @property
    def is_suspended(self) -> bool:
        return self.status == self.Status.SUSPENDED


class Domain(DomainMixin):
    """A host name that belongs to a tenant, without a port."""


class DomainClaim(models.Model):
    """A host name that a firm asks for by itself, and what its DNS said when it was last looked at.

    It becomes a `Domain`, and so is served, only once the firm has shown that it is its own.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("state of a domain", "waits for its records")
        VERIFIED = (
            "verified",
            pgettext_lazy("state of a domain", "verified, does not lead here yet"),
        )
        ACTIVE = "active", pgettext_lazy("state of a domain", "active")
        FAILING = "failing", pgettext_lazy("state of a domain", "failing")

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domain_claims")
    host = models.CharField(max_length=253)
    token = models.CharField(max_length=64, help_text="What the TXT record must hold.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField(default=now)
    checked_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    unanswered = models.PositiveIntegerField(default=0, help_text="Looks in a row without answer.")
    found = models.JSONField(default=dict, help_text="What the last look found.")

    class Meta:
        ordering = ["host", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "host"], name="domain_claim_once_a_firm"),
            models.UniqueConstraint(
                fields=["host"],
                condition=~models.Q(state="asked"),
                name="domain_claim_of_one_firm",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host} for {self.tenant_id}: {self.state}"


def _default_languages() -> list[str]:
    return ["en"]


class Brand(models.Model):
    """How a tenant looks and speaks: what is published."""

    class MailLook(models.TextChoices):
        LINE = "line", _("A line in the main colour, the name below it")
        BAND = "band", _("A band in the main colour with the name on it")
        PLAIN = "plain", _("The name alone")

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="brand")
    name = models.CharField(max_length=80)
    # {"light": {"primary": "#3538cd", …}, "dark": {…}}: see tenants.brands.COLOURS
    colours = models.JSONField(default=dict)
    logo_svg = models.TextField(blank=True)
    # A PNG in base64: for mails, and for pages of a brand without a drawing.
    logo_png = models.TextField(blank=True)
    # {"en": {"tagline": "…"}, …}: see tenants.brands.TEXTS
    texts = models.JSONField(default=dict)
    languages = models.JSONField(default=_default_languages)
    default_language = models.CharField(max_length=12, default="en")
    support_address = models.EmailField(blank=True)
    mail_from = models.EmailField(blank=True)
    mail_look = models.CharField(max_length=8, choices=MailLook.choices, default=MailLook.LINE)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name

    def text(self, key: str, language: str | None = None) -> str:
        """The brand's text in ``language``, else in its default language, else empty."""
        for candidate in (language, self.default_language):
            value: Any = self.texts.get(candidate or "", {}).get(key)
            if value:
                return str(value)
        return ""


class BrandVersion(models.Model):
    """A brand as it was published once, whole; written with each change and never edited."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="brand_versions")
    version = models.PositiveIntegerField()
    content = models.JSONField(help_text="By field: see tenants.brand_content.FIELDS.")
    published_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["tenant", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "version"], name="tenants_brand_version_unique"
            )
        ]

    def __str__(self) -> str:
        return f"brand of {self.tenant_id} v{self.version}"


class BrandDraft(models.Model):
    """What a firm is preparing of its brand: seen by its staff only until it is published."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="brand_draft")
    content = models.JSONField()
    base_version = models.PositiveIntegerField(help_text="Of the brand it was begun from.")
    changed_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"draft of {self.tenant_id} from v{self.base_version}"


class SettingValue(models.Model):
    """One version of a declared setting of one tenant; the highest version holds."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="setting_values")
    name = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    value = models.JSONField()
    changed_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["tenant", "name", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name", "version"], name="tenants_setting_version_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class PermissionLevel(models.Model):
    """What the platform withholds from a firm's staff, whatever their roles; no row: nothing."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="level")
    withheld = models.JSONField(default=list, help_text="Capabilities of identity.roles.")
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"level of {self.tenant}"


class Announcement(models.Model):
    """Something the platform tells the staff of a firm, or of all firms, for a time."""

    class Tone(models.TextChoices):
        INFO = "info", _("For information")
        WARNING = "warning", _("Needs care")
        ERROR = "error", _("Something does not work")

    tenant = models.ForeignKey(
        Tenant, null=True, on_delete=models.CASCADE, related_name="+", help_text="Null: all."
    )
    tone = models.CharField(max_length=8, choices=Tone.choices, default=Tone.INFO)
    headline = models.CharField(max_length=120)
    text = models.CharField(max_length=1000, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    announced_by = models.CharField(max_length=254)
    announced_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="announcement_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="announcement_ends")]

    def __str__(self) -> str:
        return self.headline
