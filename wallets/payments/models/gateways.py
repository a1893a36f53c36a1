"""The firm's account at a gateway: which one, its sealed credentials, how talking to it goes."""

from django.db import models

from wallets.ledger import chart
from wallets.ledger.models import Line


class CardGateway(models.Model):
    """`part` is its part of the line *bank* in the books: what the gateway owes the firm.

    `sealed` holds what opens it; `hook_hash` finds it by the secret path of its webhooks.
    """

    name = models.CharField(max_length=80, unique=True)
    provider = models.CharField(max_length=20, default="hosted")
    part = models.PositiveIntegerField(unique=True)
    sealed = models.BinaryField(default=b"")
    hook_hash = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def house(self) -> int:
        """The house line it has in the books."""
        return chart.house_line(Line.BANK, self.part)


class GatewayHealth(models.Model):
    """How talking to a gateway goes: written apart, so that it never waits for a payment."""

    gateway = models.OneToOneField(CardGateway, on_delete=models.CASCADE, related_name="health")
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    error_at = models.DateTimeField(null=True)
    event_at = models.DateTimeField(null=True)
    forged_count = models.PositiveIntegerField(default=0)
    forged_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"health of {self.gateway_id}"
