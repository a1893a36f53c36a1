from messaging.models.channels import MessagePreferences, Phone, Provider, WebhookEndpoint
from messaging.models.notices import Notice
from messaging.models.outbox import SECURITY, Channel, MessageState, OutboxMail, OutboxMessage
from messaging.models.push import PushKey, PushSubscription
from messaging.models.templates import MessageTemplate

__all__ = [
    "SECURITY",
    "Channel",
    "MessagePreferences",
    "MessageState",
    "MessageTemplate",
    "Notice",
    "OutboxMail",
    "OutboxMessage",
    "Phone",
    "Provider",
    "PushKey",
    "PushSubscription",
    "WebhookEndpoint",
]
