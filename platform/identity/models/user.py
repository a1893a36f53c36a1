from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now

from identity import roles
from identity.schema import current_schema


def normalize_email(email: str) -> str:
    """One spelling per mailbox: trimmed and in lower case."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalize_email(username or ""))


class User(AbstractBaseUser):
    """A login. In a tenant's schema a customer or the tenant's staff; in public an operator."""

    ROLES = [("", "Customer"), *roles.CHOICES]

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    role = models.CharField(max_length=16, choices=ROLES, default="", blank=True)
    language = models.CharField(max_length=12, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="identity_user_email_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(is_staff=False, role="")
                | (models.Q(is_staff=True) & ~models.Q(role="")),
                name="identity_user_staff_has_role",
            ),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Ids repeat between schemas: a user means something only with the schema he is from.
        self.home_schema: str = current_schema()

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = normalize_email(self.email)

    @property
    def is_superuser(self) -> bool:
        """Nobody may do everything: each right is a capability of a role."""
        return False

    @property
    def is_operator(self) -> bool:
        """Whether he works for the platform, not for a tenant."""
        return self.home_schema == settings.PUBLIC_SCHEMA_NAME

    @property
    def capabilities(self) -> frozenset[str]:
        return roles.capabilities_of(self)

    def can(self, capability: str) -> bool:
        return roles.has(self, capability)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's model permissions, answered from the capabilities rooms registered."""
        return roles.has_model_permission(self, perm)

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return roles.has_module_permission(self, app_label)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.partition("@")[0]
