"""Which service a firm sends through: reading and changing its rows."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto, roles
from messaging import fence
from messaging.models import Channel, Provider

# What is asked for by channel; the secret comes besides.
OPTIONS = {
    Channel.MAIL: ("host", "port", "user", "security"),
    Channel.SMS: ("account", "sender", "address"),
}


def active(channel: Channel) -> Provider | None:
    """The service of the current schema for ``channel``, if one is set up and on."""
    return Provider.objects.filter(channel=channel, is_on=True).first()


def secret_of(row: Provider) -> str:
    return crypto.decrypt(bytes(row.secret_encrypted)).decode() if row.secret_encrypted else ""


def set_provider(
    *, channel: str, options: dict[str, Any], secret: str, is_on: bool, acting_user: Any
) -> Provider:
    """Keep how a channel is sent; an empty ``secret`` keeps the one there is.

    A kept secret is never sent to another place: a new host or address needs it typed again.
    Raises PermissionDenied, ValueError.
    """
    roles.require(acting_user, "messages.manage")
    wanted = OPTIONS.get(Channel(channel))
    if wanted is None:
        raise ValueError(_("Nothing needs to be set up for this channel."))
    kept = {name: str(options.get(name, "")).strip() for name in wanted}
    if kept.get("address"):
        try:
            fence.check_url(kept["address"])
        except fence.Refused as error:
            raise ValueError(str(error)) from error
    with transaction.atomic():
        row = Provider.objects.select_for_update().filter(channel=channel).first()
        before = dict(row.options) if row else {}
        place = ("host", "port", "security", "address")
        moved = row is not None and any(before.get(n, "") != kept.get(n, "") for n in place)
        if moved and row is not None and row.secret_encrypted and not secret:
            raise ValueError(_("The secret goes to another place: type it again."))
        row = row or Provider(channel=channel)
        row.options, row.is_on, row.changed_at = kept, is_on, timezone.now()
        if secret:
            row.secret_encrypted = crypto.encrypt(secret.encode())
        row.save()
        audit.record(
            "messaging.set_provider",
            row,
            old=before or None,
            new={**kept, "is_on": is_on, "credential_changed": bool(secret)},
            acting_user=acting_user,
        )
    return row
