"""Payments on a gateway's own page: asked for, told of, given back, taken back."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset
from wallets.payments.models.deposits import Deposit
from wallets.payments.models.gateways import CardGateway
from wallets.payments.models.methods import PaymentMethod


class CardState(models.TextChoices):
    CREATED = "created", pgettext_lazy("state of a card payment", "Being opened at the gateway")
    UNKNOWN = "unknown", pgettext_lazy("state of a card payment", "Not known: the gateway is asked")
    OPEN = "open", pgettext_lazy("state of a card payment", "The customer has the payment page")
    PAID = "paid", pgettext_lazy("state of a card payment", "Paid at the gateway")
    DECLINED = "declined", pgettext_lazy("state of a card payment", "Declined")
    EXPIRED = "expired", pgettext_lazy("state of a card payment", "Not paid in time")
    ODD = (
        "odd",
        pgettext_lazy("state of a card payment", "Paid in another currency: a person has to look"),
    )


class CardPayment(models.Model):
    """One payment of a customer by card. What it brings becomes a deposit, once."""

    request_key = models.UUIDField(unique=True, help_text="Of the form: asked once.")
    gateway = models.ForeignKey(CardGateway, on_delete=models.PROTECT, related_name="payments")
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="card_payments"
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField()
    state = models.CharField(max_length=16, choices=CardState.choices, default=CardState.CREATED)
    note = models.CharField(max_length=500, blank=True)
    gateway_ref = models.CharField(max_length=80, blank=True, help_text="The gateway's own id.")
    page_url = models.CharField(max_length=500, blank=True)
    paid_units = UnitsField(default=0)
    gateway_fee_units = UnitsField(default=0, help_text="What the gateway took for it.")
    deposit = models.OneToOneField(
        Deposit, null=True, on_delete=models.PROTECT, related_name="card"
    )
    asked_count = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True, help_text="When the gateway is asked next.")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "id"], name="card_payments_of_user"),
            models.Index(
                fields=["ask_at"], condition=Q(ask_at__isnull=False), name="card_payments_to_ask"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="card_amount_positive"),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(deposit__isnull=False),
                name="card_paid_has_deposit",
            ),
        ]

    def __str__(self) -> str:
        return f"card payment {self.pk}"

    @property
    def order_id(self) -> str:
        """The payment's idempotency key at the gateway: the same however often it is sent."""
        return f"C{self.pk:011d}"


class CardStep(models.Model):
    """A change of state of a card payment, of money given back or taken back. Never changed."""

    payment = models.ForeignKey(CardPayment, on_delete=models.PROTECT, related_name="steps")
    about = models.CharField(max_length=40, blank=True, help_text="A refund or claim; empty: it.")
    state_before = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=16)
    label = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"card step {self.pk}"


class RefundState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("state of a card refund", "Waiting for a second person")
    NO = "no", pgettext_lazy("state of a card refund", "Refused by the second person")
    TAKING = "taking", pgettext_lazy("state of a card refund", "Being taken from the customer")
    DECLINED = "declined", pgettext_lazy("state of a card refund", "Not enough available")
    READY = "ready", pgettext_lazy("state of a card refund", "To be sent to the gateway")
    SENDING = "sending", pgettext_lazy("state of a card refund", "Being sent to the gateway")
    UNKNOWN = "unknown", pgettext_lazy("state of a card refund", "Not known: the gateway is asked")
    PENDING = "pending", pgettext_lazy("state of a card refund", "With the gateway")
    DONE = "done", pgettext_lazy("state of a card refund", "Given back")
    FAILED = "failed", pgettext_lazy("state of a card refund", "Refused by the gateway")


class CardRefund(models.Model):
    """Money given back to the card. Of a credited payment it is taken from the customer first."""

    payment = models.ForeignKey(CardPayment, on_delete=models.PROTECT, related_name="refunds")
    amount_units = UnitsField()
    from_suspense = models.BooleanField(default=False, help_text="It was never credited.")
    state = models.CharField(max_length=16, choices=RefundState.choices, default=RefundState.ASKED)
    note = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    sent_count = models.PositiveIntegerField(default=0)
    send_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="card_refund_four_eyes",
            ),
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="card_refund_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "no"]) | Q(decided_by__isnull=False),
                name="card_refund_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"

    @property
    def key(self) -> str:
        """Its idempotency key at the gateway."""
        return f"F{self.pk:011d}"


class ClaimKind(models.TextChoices):
    CHARGEBACK = "chargeback", _("Chargeback")
    REFUND = "refund", _("Given back at the gateway, not by us")


class ClaimState(models.TextChoices):
    TOLD = "told", pgettext_lazy("state of a claim", "Told; the deposit is still under way")
    OWED = "owed", pgettext_lazy("state of a claim", "Owed by the customer")
    SETTLED = "settled", pgettext_lazy("state of a claim", "Taken from the customer")
    UNUSED = "unused", pgettext_lazy("state of a claim", "Taken before it was credited")
    WON = "won", pgettext_lazy("state of a claim", "Won: the gateway gave it back")
    WRITTEN_OFF = "written_off", pgettext_lazy("state of a claim", "Written off")


class Claim(models.Model):
    """Money of a payment that the gateway took back. What the customer had of it he owes."""

    payment = models.ForeignKey(CardPayment, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=12, choices=ClaimKind.choices)
    gateway_ref = models.CharField(max_length=80)
    amount_units = UnitsField()
    fee_units = UnitsField(default=0)
    taken_units = UnitsField(default=0)
    taking_units = UnitsField(default=0, help_text="On its way through the engine.")
    tries = models.PositiveIntegerField(default=0)
    is_won = models.BooleanField(default=False, help_text="What the gateway says now.")
    state = models.CharField(max_length=16, choices=ClaimState.choices, default=ClaimState.TOLD)
    note = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(auto_now_add=True)
    write_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    write_off_at = models.DateTimeField(null=True)
    write_off_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "kind", "gateway_ref"], name="card_claim_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_units__gt=0, fee_units__gte=0, taken_units__gte=0)
                & Q(taken_units__lte=F("amount_units")),
                name="card_claim_amounts",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("write_off_by")),
                name="card_claim_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"

    @property
    def debt_units(self) -> int:
        """What the customer still owes of it."""
        owes = self.state == ClaimState.OWED
        return int(self.amount_units) - int(self.taken_units) if owes else 0


class EventState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("state of a gateway event", "Received")
    APPLIED = "applied", pgettext_lazy("state of a gateway event", "Applied")
    IGNORED = "ignored", pgettext_lazy("state of a gateway event", "Of no payment here")


class GatewayEvent(models.Model):
    """A signed word of the gateway. It says that something changed; what, the gateway is asked."""

    gateway = models.ForeignKey(CardGateway, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=80)
    type = models.CharField(max_length=60)
    order_id = models.CharField(max_length=40, blank=True)
    amount = models.CharField(max_length=40, blank=True, help_text="As the event says it.")
    currency = models.CharField(max_length=8, blank=True)
    payment = models.ForeignKey(
        CardPayment, null=True, on_delete=models.PROTECT, related_name="events"
    )
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.RECEIVED)
    note = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    repeats = models.PositiveIntegerField(default=0, help_text="How often it came again.")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once")
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="received"), name="gateway_event_to_apply"
            )
        ]

    def __str__(self) -> str:
        return self.event_id


Subject = CardPayment | CardRefund | Claim


def payment_of(row: Subject) -> CardPayment:
    """The payment that a row is or is of."""
    found: Any = row if isinstance(row, CardPayment) else row.payment
    return found  # type: ignore[no-any-return]
