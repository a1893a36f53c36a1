"""Writes of providers: which ones a firm uses, and what it shares with them."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from kyc import outside, providers, sealed
from kyc.actions.guards import reason_of, require_configuring
from kyc.errors import KycError
from kyc.models import CheckProvider

SECRETS = ("api_key", "request_secret", "webhook_secret")
LEAST_SECRET_CHARACTERS = 16
MOST_SECRET_CHARACTERS = 200


def set_provider(
    *,
    code: str,
    title: str,
    adapter: str,
    address: str,
    from_tier: int,
    is_active: bool,
    secrets: dict[str, str],
    acting_user: Any,
    reason: str,
) -> CheckProvider:
    """Make a provider known or change it; a secret left empty stays as it is.

    The audit trail says which secrets were replaced, never what they are. Raises KycError.
    """
    require_configuring(acting_user, "kyc.configure")
    reason = reason_of(reason)
    if adapter not in providers.ADAPTERS:
        raise KycError(_("Choose how this provider is talked to."), field="adapter")
    if not title.strip():
        raise KycError(_("Customers have to read who checks them: give it a name."), field="title")
    outside.check_form(address, what=_("A provider"))
    with transaction.atomic():
        row = CheckProvider.objects.select_for_update().filter(code=code).first()
        old = None if row is None else _told(row)
        row = row or CheckProvider(code=code)
        kept, replaced = _merged(row, secrets)
        row.title, row.adapter, row.address = title.strip(), adapter, address.strip()
        row.from_tier, row.is_active = from_tier, is_active
        row.credentials = sealed.seal(kept)
        row.full_clean(exclude=["credentials", "forged_at"])
        row.save()
        audit.record(
            "kyc.set_provider",
            row,
            old=old,
            new={**_told(row), "replaced": replaced},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def _merged(row: CheckProvider, secrets: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """All credentials as they will be, and which of them are new."""
    kept: dict[str, str] = dict(sealed.unseal(row.credentials, {}))
    replaced = []
    for name in SECRETS:
        given = secrets.get(name, "").strip()
        if given:
            if not LEAST_SECRET_CHARACTERS <= len(given) <= MOST_SECRET_CHARACTERS:
                raise KycError(
                    _("A secret has %(least)s to %(most)s signs.")
                    % {"least": LEAST_SECRET_CHARACTERS, "most": MOST_SECRET_CHARACTERS},
                    field=name,
                )
            if not (given.isascii() and given.isprintable()):
                raise KycError(
                    _("A secret is made of plain letters, digits and signs."), field=name
                )
            kept[name] = given
            replaced.append(name)
        if not kept.get(name):
            raise KycError(_("Without it nobody could tell your messages from others."), field=name)
    return kept, replaced


def _told(row: CheckProvider) -> dict[str, Any]:
    return {
        "title": row.title,
        "adapter": row.adapter,
        "address": row.address,
        "from_tier": row.from_tier,
        "is_active": row.is_active,
    }


def note_forged(*, provider: CheckProvider, why: str) -> None:
    """A message came that is not the provider's: counted, told on the start page, and the first
    one of each hour written into the audit trail."""
    now = timezone.now()
    with transaction.atomic():
        row = CheckProvider.objects.select_for_update().get(pk=provider.pk)
        is_first = row.forged_at is None or (now - row.forged_at).total_seconds() > 3600
        CheckProvider.objects.filter(pk=row.pk).update(
            forged_count=F("forged_count") + 1, forged_at=now
        )
        if is_first:
            audit.record("kyc.forged_message", row, new={"why": why}, acting_user=None)
