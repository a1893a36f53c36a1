"""The firm's account at a gateway: opened, its credentials sealed, its webhooks' secret path."""

import json
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto
from tenants.links import site_address
from tenants.selectors import current_tenant
from wallets.ledger.models import CustodyAccount, Line
from wallets.payments.errors import PaymentError
from wallets.payments.guards import reason_of, require_staff
from wallets.payments.models import CardGateway, GatewayHealth
from wallets.payments.providers.gateway import Credentials, Gateway, Maker
from wallets.payments.providers.hosted import HostedGateway

PROVIDERS: dict[str, Maker] = {"hosted": HostedGateway}
HOOK_PATH = "/api/hooks/payments"
MOST_SECRETS = 3


def open_gateway(
    *,
    name: str,
    part: int,
    api_key: str,
    event_secret: str,
    acting_user: Any,
    provider: str = "hosted",
) -> CardGateway:
    """Name the firm's account at a gateway; `part` is its part of the line *bank* in the books.

    None as the acting user is the system (a demo's seed). Raises PaymentError, PermissionDenied.
    """
    if acting_user is not None:
        require_staff(acting_user, "payments.methods")
    if provider not in PROVIDERS:
        raise PaymentError(_("There is no such provider."), "provider")
    if not name.strip():
        raise PaymentError(_("Give it a name."), "name")
    if not CustodyAccount.objects.filter(line=int(Line.BANK), part=part).exists():
        raise PaymentError(
            _(
                "Open a custody account of the line Bank for the gateway first: what it owes the "
                "firm stands there."
            ),
            "part",
        )
    _check_secret(api_key, "api_key")
    _check_secret(event_secret, "event_secret")
    hook = secrets.token_urlsafe(24)
    try:
        with transaction.atomic():
            row = CardGateway.objects.create(
                name=name.strip()[:80],
                provider=provider,
                part=part,
                hook_hash=crypto.hash_token(hook),
                sealed=_seal({"api_key": api_key, "event_secrets": [event_secret], "hook": hook}),
            )
            GatewayHealth.objects.create(gateway=row)
            audit.record(
                "payments.open_gateway",
                row,
                new={"name": row.name, "provider": provider, "part": part},
                acting_user=acting_user,
            )
    except IntegrityError as error:
        raise PaymentError(
            _("A gateway of this name or custody account is there already.")
        ) from error
    return row


def change_gateway(
    *,
    gateway: CardGateway,
    reason: str,
    acting_user: Any,
    api_key: str = "",
    event_secret: str = "",
    is_active: bool = True,
) -> CardGateway:
    """Put new credentials in place of old ones; what is empty stays.

    Events signed with the secrets before still count, until as many others came. Raises
    PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "payments.methods")
    reason = reason_of(reason)
    with transaction.atomic():
        row = CardGateway.objects.select_for_update().get(pk=gateway.pk)
        held = _unseal(row)
        if api_key:
            _check_secret(api_key, "api_key")
            held["api_key"] = api_key
        if event_secret:
            _check_secret(event_secret, "event_secret")
            others = [one for one in held["event_secrets"] if one != event_secret]
            held["event_secrets"] = [event_secret, *others][:MOST_SECRETS]
        old_active, row.is_active = row.is_active, is_active
        row.sealed = _seal(held)
        row.save()
        audit.record(
            "payments.change_gateway",
            row,
            old={"is_active": old_active},
            new={
                "is_active": is_active,
                "new_key": bool(api_key),
                "new_event_key": bool(event_secret),
            },
            acting_user=acting_user,
            reason=reason,
        )
    return row


def provider_of(gateway: CardGateway) -> Gateway:
    """The gateway's interface, opened with the firm's credentials."""
    held = _unseal(gateway)
    return PROVIDERS[gateway.provider](
        Credentials(api_key=held["api_key"], event_secrets=tuple(held["event_secrets"]))
    )


def hook_address(gateway: CardGateway) -> str:
    """Where the gateway sends its events: the path is a secret of this firm's."""
    return f"{site_address(current_tenant())}{HOOK_PATH}/{_unseal(gateway)['hook']}"


def gateway_of_hook(token: str) -> CardGateway | None:
    """Whose events come to a path; None: nobody's here."""
    return CardGateway.objects.filter(hook_hash=crypto.hash_token(token)).first()


def _check_secret(text: str, field: str) -> None:
    if not (16 <= len(text) <= 200 and text.isascii() and text.isprintable() and " " not in text):
        raise PaymentError(_("A key has 16 to 200 letters, digits and signs, no spaces."), field)


def _seal(value: dict[str, Any]) -> bytes:
    return crypto.encrypt(json.dumps(value).encode())


def _unseal(gateway: CardGateway) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(crypto.decrypt(bytes(gateway.sealed)))
    return found
