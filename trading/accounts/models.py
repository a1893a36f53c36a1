"""Trading accounts and their groups. Ids are the engine's ids."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from trading.engine import enums


class AccountState(models.IntegerChoices):
    """Account states, as the engine numbers them."""

    ACTIVE = int(enums.AccountState.ACTIVE), pgettext_lazy("state of an account", "Active")
    CANCEL_ONLY = (
        int(enums.AccountState.CANCEL_ONLY),
        pgettext_lazy("state of an account", "Cancel only"),
    )
    SUSPENDED = int(enums.AccountState.SUSPENDED), pgettext_lazy("state of an account", "Suspended")


class AccountRole(models.IntegerChoices):
    """Whose account it is, as the engine numbers it."""

    CUSTOMER = int(enums.AccountRole.CUSTOMER), pgettext_lazy("kind of an account", "Customer")
    HOUSE_FEES = (
        int(enums.AccountRole.HOUSE_FEES),
        pgettext_lazy("kind of an account", "House: fees"),
    )
    HOUSE_MARKET_MAKER = (
        int(enums.AccountRole.HOUSE_MARKET_MAKER),
        pgettext_lazy("kind of an account", "House: market maker"),
    )
    HOUSE_OTHER = (
        int(enums.AccountRole.HOUSE_OTHER),
        pgettext_lazy("kind of an account", "House: other"),
    )


class AccountGroup(models.Model):
    """Accounts that share fees, limits and routing."""

    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=300, blank=True)
    is_default = models.BooleanField(default=False, help_text="New customers start here.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="group_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A trading account of a customer, or of the house (no user)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="accounts",
    )
    group = models.ForeignKey(AccountGroup, on_delete=models.PROTECT, related_name="accounts")
    role = models.SmallIntegerField(choices=AccountRole.choices, default=AccountRole.CUSTOMER)
    name = models.CharField(max_length=80)
    state = models.SmallIntegerField(choices=AccountState.choices, default=AccountState.ACTIVE)
    trade_group = models.BigIntegerField(
        default=0, help_text="Accounts of one number never trade with each other; 0: none."
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(
        null=True, help_text="For good, unless staff open it again; the engine suspends it."
    )
    opening_key = models.CharField(
        max_length=64, null=True, help_text="What was sent with the wish: twice opens one."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=Q(user__isnull=False, closed_at__isnull=True),
                name="account_name_once",
            ),
            models.UniqueConstraint(fields=["user", "opening_key"], name="account_opened_once"),
            models.UniqueConstraint(
                fields=["role"],
                condition=Q(role=int(enums.AccountRole.HOUSE_FEES)),
                name="account_one_for_fees",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(role=int(enums.AccountRole.CUSTOMER)),
                name="account_customer_has_user",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class ChosenAccount(models.Model):
    """The account that a customer with several works with on the portal's pages."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chosen_account"
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    chosen_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.account_id} of user {self.user_id}"


class AccountVersion(models.Model):
    """One change of an account: old and new values, who, why."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    old = models.JSONField()
    new = models.JSONField()
    changed_by = models.CharField(max_length=254)
    changed_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)
    command = models.ForeignKey(
        "commands.QueuedCommand", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "version"], name="account_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account} v{self.version}"
