"""The one outbox: a row in the transaction that causes it, delivered by Celery after the commit.

A message is handed over at least once, and carries an id of its own by which a second time can be
seen. What fails waits longer and longer; what failed for good is a dead letter, which staff see and
may send again.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context
from kombu.exceptions import OperationalError

from audit import actions as audit
from identity import roles
from messaging import preferences, providers, states
from messaging.models import Channel, OutboxMessage, PushSubscription
from messaging.states import Step

log = structlog.get_logger("marque.messages")

MAX_ATTEMPTS = 8
FIRST_RETRY_SECONDS = 30
MAX_RETRY_SECONDS = 3600


def queue(
    *,
    channel: Channel,
    kind: str,
    to: str,
    template: str,
    language: str,
    subject: str,
    text: str,
    html: str = "",
    user_id: int | None = None,
    key: str = "",
) -> OutboxMessage | None:
    """Write a message, sent after the commit; None if one of this ``key`` was written before."""
    values = {
        "kind": kind,
        "user_id": user_id,
        "template": template,
        "language": language,
        "subject": subject.strip()[:200],
        "text": text,
        "html": html,
    }
    if key:
        message, is_new = OutboxMessage.objects.get_or_create(
            channel=channel, to=to, key=key, defaults=values
        )
        if not is_new:
            return None
    else:
        message = OutboxMessage.objects.create(channel=channel, to=to, **values)
    deliver_after_commit(message.pk)
    return message


def deliver_after_commit(message_id: int) -> None:
    # The schema is taken now: the commit may happen after the connection has moved on.
    schema_name = connection.schema_name

    def send() -> None:
        from messaging.tasks import deliver

        with schema_context(schema_name):
            try:
                deliver.delay(message_id)
            except OperationalError:
                log.warning("message waits for the next round: no broker", message_id=message_id)

    transaction.on_commit(send)


def deliver(message_id: int) -> bool:
    """Try to hand over one queued message; True if it is gone. Safe to call twice at once."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(pk=message_id, state=OutboxMessage.State.QUEUED)
            .first()
        )
        if message is None:
            return False
        later = preferences.quiet_until(message, timezone.now())
        if later is not None:
            message.next_attempt_at = later
            message.save(update_fields=["next_attempt_at"])
            return False
        message.attempts += 1
        try:
            # A failed query of a provider must not spoil the note of its failure.
            with transaction.atomic():
                reference = providers.sender_of(message.channel)(message)
        except providers.Gone as error:
            PushSubscription.objects.filter(endpoint=error.endpoint).delete()
            _end(message, Step.DROP, error)
        except providers.Hopeless as error:
            _end(message, Step.GIVE_UP, error)
        except Exception as error:
            _note_failure(message, error)
        else:
            _note_sent(message, reference)
        message.save()
    return message.state == OutboxMessage.State.SENT


def send_again(*, message_id: int, acting_user: Any) -> OutboxMessage:
    """Queue a dead letter once more, from the beginning. Raises ValueError, PermissionDenied."""
    roles.require(acting_user, "messages.manage")
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().get(pk=message_id)
        queue_again(message)
        audit.record(
            "messaging.send_again",
            message,
            new={"channel": message.channel, "template": message.template},
            acting_user=acting_user,
        )
    return message


def queue_again(message: OutboxMessage) -> None:
    states.apply(message, Step.SEND_AGAIN)
    message.attempts, message.next_attempt_at = 0, timezone.now()
    message.save()
    deliver_after_commit(message.pk)


def _note_sent(message: OutboxMessage, reference: str) -> None:
    states.apply(message, Step.SEND)
    message.sent_at, message.reference, message.last_error = timezone.now(), reference, ""
    if not settings.DEVELOPMENT:
        # The body held one-time links; what was delivered need not be kept.
        message.text = message.html = ""
    log.info(f"{message.channel} sent", message_id=message.pk, template=message.template)


def _end(message: OutboxMessage, step: Step, error: Exception) -> None:
    message.last_error = str(error)[:120]
    states.apply(message, step)
    log.warning(
        "message not sent", message_id=message.pk, state=message.state, error=message.last_error
    )


def _note_failure(message: OutboxMessage, error: Exception) -> None:
    # The class only, but for our own words: a server's answer often repeats the address.
    message.last_error = (
        str(error)[:120] if isinstance(error, providers.Failed) else type(error).__name__
    )
    if message.attempts >= MAX_ATTEMPTS:
        states.apply(message, Step.GIVE_UP)
    wait_seconds = min(FIRST_RETRY_SECONDS * 2 ** (message.attempts - 1), MAX_RETRY_SECONDS)
    asked = error.after_seconds if isinstance(error, providers.Failed) else 0
    wait_seconds = max(wait_seconds, min(asked, MAX_RETRY_SECONDS))
    message.next_attempt_at = timezone.now() + timedelta(seconds=wait_seconds)
    log.warning(
        f"{message.channel} not sent",
        message_id=message.pk,
        attempts=message.attempts,
        error=message.last_error,
    )
