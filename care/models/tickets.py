"""Questions of customers, and what was said about them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TicketState(models.TextChoices):
    WAITING = "waiting", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", pgettext_lazy("state of a question", "Closed")


class Topic(models.TextChoices):
    ACCOUNT = "account", _("My account")
    PAYMENTS = "payments", _("Deposits and withdrawals")
    TRADING = "trading", _("Trading")
    VERIFICATION = "verification", _("Verification")
    TECHNICAL = "technical", _("Something does not work")
    OTHER = "other", _("Something else")


class Ticket(models.Model):
    """One question, from the first word to its end. ``states`` tells how it moves."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tickets"
    )
    subject = models.CharField(max_length=120)
    topic = models.CharField(max_length=12, choices=Topic.choices)
    state = models.CharField(max_length=8, choices=TicketState.choices)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    waiting_since = models.DateTimeField(
        null=True, help_text="The customer's first word that nobody answered yet."
    )
    last_at = models.DateTimeField(default=timezone.now, help_text="Of the last word to either.")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["waiting_since"],
                condition=models.Q(state="waiting"),
                name="care_ticket_waiting",
            ),
            models.Index(fields=["user", "-id"], name="care_ticket_of_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", waiting_since__isnull=False)
                | (~models.Q(state="waiting") & models.Q(waiting_since__isnull=True)),
                name="care_ticket_waits_since",
            )
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class TicketMessage(models.Model):
    """Something said: by the customer, to him, or (``is_note``) among colleagues alone."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_staff = models.BooleanField()
    is_note = models.BooleanField(default=False)
    text = models.TextField()
    folder = models.CharField(
        max_length=120, blank=True, help_text="Of an attached file's pages, drawn anew."
    )
    pages = models.PositiveSmallIntegerField(default=0)
    request_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_note=False) | models.Q(is_staff=True),
                name="care_note_of_staff",
            ),
            models.UniqueConstraint(
                fields=["author", "request_key"],
                condition=~models.Q(request_key=""),
                name="care_message_once",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} of {self.ticket_id}"


class AnswerText(models.Model):
    """Words that staff begin an answer with."""

    name = models.CharField(max_length=60)
    language = models.CharField(max_length=12)
    text = models.TextField()

    class Meta:
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(fields=["name", "language"], name="care_answer_text_once")
        ]

    def __str__(self) -> str:
        return self.name
