"""Signed webhooks, as standardwebhooks.com has them: id, moment, and an HMAC over both and body."""

import base64
import hashlib
import hmac
import time

from identity import crypto
from messaging import fence
from messaging.models import OutboxMessage, WebhookEndpoint
from messaging.providers.errors import Failed, Gone, Hopeless, judge


def signature(secret: bytes, event_id: str, moment: int, body: bytes) -> str:
    """``v1,`` and the base64 HMAC-SHA256 of ``id.moment.body``."""
    signed = f"{event_id}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def send(message: OutboxMessage) -> str:
    """The endpoint answers 2xx, or it is tried again; its id of the event is the message's key."""
    row = WebhookEndpoint.objects.filter(pk=message.to).first()
    if row is None or not row.is_on:
        raise Gone("the endpoint was taken away or turned off")
    body, moment = message.text.encode(), int(time.time())
    secret = crypto.decrypt(bytes(row.secret_encrypted))
    answer = fence.request(
        "POST",
        row.url,
        headers={
            "Content-Type": "application/json",
            "User-Agent": "webhooks/1",
            "webhook-id": message.key,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(secret, message.key, moment, body),
        },
        body=body,
    )
    try:
        judge(answer.status, answer.headers)
    except Gone as gone:
        # An address that is wrong today may be mended; staff see it as a dead letter then.
        raise Failed(str(gone)) from gone
    except Hopeless as error:
        raise Failed(str(error)) from error
    return ""
