"""What this room holds of a person: mails to him, notices, and where his pushes go."""

from datetime import datetime
from typing import Any

from identity.models import User
from messaging.models import Notice, OutboxMail, PushSubscription


def export_messages(user: User) -> dict[str, Any]:
    return {
        # He has the mails themselves; their texts hold one-time secrets.
        "mails": [
            {"subject": row.subject, "at": row.created_at.isoformat()}
            for row in OutboxMail.objects.filter(to__iexact=user.email).order_by("pk")
        ],
        "notices": [
            {"title": row.title, "text": row.text, "at": row.created_at.isoformat()}
            for row in Notice.objects.filter(user=user).order_by("pk")
        ],
        "push": [
            {"browser": row.user_agent, "since": row.created_at.isoformat()}
            for row in PushSubscription.objects.filter(user=user).order_by("pk")
        ],
    }


def erase_messages(user: User, now: datetime) -> None:
    OutboxMail.objects.filter(to__iexact=user.email).delete()
    Notice.objects.filter(user=user).delete()
    PushSubscription.objects.filter(user=user).delete()
