from typing import Any

from django.db import models

from messaging.models import (
    Channel,
    MessageState,
    Notice,
    OutboxMail,
    OutboxMessage,
    Provider,
    WebhookEndpoint,
)


def mails() -> models.QuerySet[OutboxMail]:
    """All mail of the current schema, newest first."""
    return OutboxMail.objects.all()


def messages() -> models.QuerySet[OutboxMessage]:
    """Everything that was or is to be sent, newest first."""
    return OutboxMessage.objects.select_related("user")


def dead_letters() -> models.QuerySet[OutboxMessage]:
    """What could not be sent: somebody has to look."""
    return OutboxMessage.objects.filter(state=MessageState.FAILED)


def providers() -> dict[str, Provider]:
    """The services that are set up, by channel."""
    return {row.channel: row for row in Provider.objects.all()}


def webhook_endpoints() -> models.QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.all()


def counts_by_channel() -> dict[str, dict[str, int]]:
    """How many messages are in each state, by channel."""
    found: dict[str, dict[str, int]] = {channel: {} for channel in Channel.values}
    rows = OutboxMessage.objects.order_by().values("channel", "state")
    for row in rows.annotate(count=models.Count("pk")):
        found[row["channel"]][row["state"]] = row["count"]
    return found


def notices_of(user: Any) -> models.QuerySet[Notice]:
    """A user's notices, newest first."""
    return Notice.objects.filter(user_id=user.pk)


def unread_count(user_id: int) -> int:
    return Notice.objects.filter(user_id=user_id, read_at=None).count()
