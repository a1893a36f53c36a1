"""Web push (RFC 8030): encrypted for the browser (RFC 8291), signed by the firm (RFC 8292)."""

import base64
import time

from py_vapid import Vapid02
from pywebpush import WebPusher

from identity import crypto
from messaging import brand_source, fence, push
from messaging.models import OutboxMessage, PushKey, PushSubscription
from messaging.providers.errors import Gone, judge

KEPT_SECONDS = 86_400  # by the push service, for a browser that is off
SIGNED_SECONDS = 12 * 3600  # RFC 8292: at most a day


def send(message: OutboxMessage) -> str:
    """Where the push service keeps it; Gone with the endpoint of a browser that took itself off."""
    row = PushSubscription.objects.filter(endpoint=message.to, user_id=message.user_id).first()
    if row is None:
        raise Gone("the browser was taken off")
    info = {"endpoint": row.endpoint, "keys": {"p256dh": row.p256dh, "auth": row.auth}}
    body = bytes(WebPusher(info).encode(message.text.encode())["body"])
    answer = fence.request(
        "POST",
        row.endpoint,
        headers={
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Urgency": "high" if message.kind == "security" else "normal",
            "Topic": f"message-{message.pk}"[:32],
            **_signed(row.endpoint),
        },
        body=body,
    )
    try:
        judge(answer.status, answer.headers)
    except Gone as gone:
        raise Gone(str(gone), row.endpoint) from gone
    return answer.headers.get("location", "")[:120]


def _signed(endpoint: str) -> dict[str, str]:
    push.public_key()  # made at the first call
    secret = crypto.decrypt(bytes(PushKey.objects.get(pk=1).private_encrypted))
    brand = brand_source.current()
    address = fence.check_url(endpoint)
    claims = {
        "aud": f"{address.scheme}://{address.netloc.decode()}",
        "exp": int(time.time()) + SIGNED_SECONDS,
        "sub": f"mailto:{brand.support_address or brand.mail_from}"
        if brand.support_address or brand.mail_from
        else brand.site_address,
    }
    key = Vapid02.from_der(base64.b64encode(secret))
    return {str(name): str(value) for name, value in key.sign(claims).items()}
