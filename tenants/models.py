from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.timezone import now
from django_tenants.models import DomainMixin, TenantMixin

SLUG_VALIDATOR = RegexValidator(
    r"^[a-z][a-z0-9-]{1,30}[a-z0-9]\Z",
    "Use 3 to 32 small letters, digits and hyphens, beginning with a letter.",
)


class Tenant(TenantMixin):
    """A white-label firm. Its id is the engine's tenant id; its schema holds all that is its own.

    The row whose schema is ``public`` stands for the platform itself.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"

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


def _default_languages() -> list[str]:
    return ["en"]


class Brand(models.Model):
    """How a tenant looks and speaks."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="brand")
    name = models.CharField(max_length=80)
    # {"light": {"primary": "#3538cd", …}, "dark": {…}}: see tenants.brands.COLOURS
    colours = models.JSONField(default=dict)
    logo_svg = models.TextField(blank=True)
    # {"en": {"tagline": "…"}, …}: see tenants.brands.TEXTS
    texts = models.JSONField(default=dict)
    languages = models.JSONField(default=_default_languages)
    default_language = models.CharField(max_length=12, default="en")
    support_address = models.EmailField(blank=True)
    mail_from = models.EmailField(blank=True)
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
