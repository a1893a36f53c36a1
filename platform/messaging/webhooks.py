"""The addresses of the firm's own systems that are told of messages."""

import base64
import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto, roles
from messaging import fence
from messaging.kinds import KINDS
from messaging.models import WebhookEndpoint

PREFIX = "whsec_"  # as standardwebhooks.com writes a secret
MOST_ENDPOINTS = 10
SECRET_BYTES = 32


def add(*, url: str, kinds: list[str], acting_user: Any) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is told this once. Raises ValueError."""
    roles.require(acting_user, "messages.manage")
    _check(url, kinds)
    with transaction.atomic():
        if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
            raise ValueError(
                _("There are %(count)s endpoints already.") % {"count": MOST_ENDPOINTS}
            )
        row = WebhookEndpoint(url=url, kinds=sorted(set(kinds)))
        told = _new_secret(row)
        row.save()
        audit.record(
            "messaging.add_webhook",
            row,
            new={"url": url, "kinds": row.kinds},
            acting_user=acting_user,
        )
    return row, told


def change(
    *, endpoint_id: int, url: str, kinds: list[str], is_on: bool, renew: bool, acting_user: Any
) -> str:
    """Change an endpoint; with ``renew`` it gets another secret, which is returned (else "")."""
    roles.require(acting_user, "messages.manage")
    _check(url, kinds)
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint_id)
        old = {"url": row.url, "kinds": row.kinds, "is_on": row.is_on}
        row.url, row.kinds, row.is_on = url, sorted(set(kinds)), is_on
        told = _new_secret(row) if renew else ""
        row.save()
        audit.record(
            "messaging.change_webhook",
            row,
            old=old,
            new={"url": url, "kinds": row.kinds, "is_on": is_on, "renewed": renew},
            acting_user=acting_user,
        )
    return told


def _new_secret(row: WebhookEndpoint) -> str:
    secret = secrets.token_bytes(SECRET_BYTES)
    row.secret_encrypted = crypto.encrypt(secret)
    return PREFIX + base64.b64encode(secret).decode()


def _check(url: str, kinds: list[str]) -> None:
    try:
        fence.check_url(url)
    except fence.Refused as error:
        raise ValueError(str(error)) from error
    if len(url) > 500:
        raise ValueError(_("The address is too long."))
    if not kinds or set(kinds) - set(KINDS):
        raise ValueError(_("Choose what it is told of."))
