"""A firm asks for a host by itself: shown by DNS to be its own, served, looked at ever after."""

import ipaddress
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from audit import actions as audit
from identity import roles
from identity.models import User
from messaging import actions as messaging
from tenants import directory, dns_checks, domain_states
from tenants.actions.domains import clean_host
from tenants.actions.guards import audit_schema, label_of, require_over
from tenants.errors import TenantError
from tenants.models import Domain, DomainClaim, Tenant

State = DomainClaim.State
MOST_CLAIMS = 20
ASKED_DAYS = 30  # after which a host whose records never came is forgotten


def ask_domain(*, tenant: Tenant, domain: str, acting_user: Any) -> DomainClaim:
    """Ask for a host name; its claim says which records to set. Nothing is served by this.

    TenantError where it is no name of the public DNS, the platform's own, or a firm's already.
    """
    require_over(tenant, acting_user, tenant_capability="brand.change")
    host = _public_host(domain)
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)
        if Domain.objects.filter(domain=host).exists():
            raise TenantError(
                "domain_taken", _("%(host)s already belongs to a firm.") % {"host": host}
            )
        if DomainClaim.objects.filter(tenant_id=tenant.pk).count() >= MOST_CLAIMS:
            raise TenantError(
                "too_many_domains",
                _("At most %(count)s domains at a time.") % {"count": MOST_CLAIMS},
            )
        claim, is_new = DomainClaim.objects.get_or_create(
            tenant_id=tenant.pk,
            host=host,
            defaults={
                "token": secrets.token_hex(16),
                "asked_by": label_of(acting_user),
            },
        )
        if is_new:
            _record("tenants.ask_domain", claim, acting_user, new={"domain": host})
    return claim


def check_domain(*, claim: DomainClaim, acting_user: Any) -> DomainClaim:
    """Look at the DNS of a claim now, and do what follows: serve the host once it is shown to be
    the firm's, tell the firm's owners when it leads here no longer.

    Takes some seconds; not inside a database transaction. TenantError("domain_taken") where
    another firm has it by now.
    """
    require_over(claim.tenant, acting_user, tenant_capability="brand.change")
    found = dns_checks.look(claim.host, claim.token)
    with schema_context(settings.PUBLIC_SCHEMA_NAME), transaction.atomic():
        row = DomainClaim.objects.select_for_update().filter(pk=claim.pk).first()
        if row is None:
            raise TenantError("unknown_domain", _("The domain was withdrawn meanwhile."))
        before = domain_states.apply(row, found.seen)
        row.checked_at, row.found = timezone.now(), found.as_json()
        _note_times(row, before)
        if before == State.ASKED and row.state != State.ASKED:
            _serve(row)
        row.save()
        if row.state != before:
            _record(
                "tenants.check_domain", row, acting_user,
                old={"domain": row.host, "state": before.value},
                new={"domain": row.host, "state": str(row.state), "found": row.found},
            )  # fmt: skip
        if row.state == State.FAILING and before in (State.ACTIVE, State.VERIFIED):
            _tell_owners(row)
    return row


def withdraw_domain(*, claim: DomainClaim, acting_user: Any) -> None:
    """Give a host back: it is served no longer, and another firm may ask for it."""
    require_over(claim.tenant, acting_user, tenant_capability="brand.change")
    with transaction.atomic():
        row = DomainClaim.objects.select_for_update().filter(pk=claim.pk).first()
        if row is None:
            raise TenantError("unknown_domain", _("The domain was withdrawn already."))
        served = Domain.objects.filter(tenant_id=row.tenant_id, domain=row.host).first()
        if served is not None and served.is_primary:
            raise TenantError(
                "main_domain",
                _("Links and mails point at it: make another one the main domain first."),
            )
        if served is not None:
            served.delete()
            directory.publish_after_commit()
        row.delete()
        _record("tenants.withdraw_domain", row, acting_user, old={"domain": row.host})


def forget_old_claims() -> int:
    """Drop hosts that were asked for long ago and never shown to be anybody's."""
    limit = timezone.now() - timedelta(days=ASKED_DAYS)
    rows = DomainClaim.objects.filter(state=State.ASKED, asked_at__lt=limit)
    return int(rows.delete()[0])


def _public_host(domain: str) -> str:
    host = clean_host(domain)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        raise TenantError("bad_domain", _("Give a name; an address is none."))
    if "." not in host or host.rpartition(".")[2].isdigit():
        raise TenantError(
            "bad_domain", _("“%(host)s” is no name of the public DNS.") % {"host": host[:80]}
        )
    own = [clean_host(name) for name in settings.OPERATOR_HOSTS]
    own += [settings.DOMAIN_TARGET] if settings.DOMAIN_TARGET else []
    if any(host == name or host.endswith(f".{name}") for name in own):
        raise TenantError("domain_taken", _("%(host)s is the platform's own.") % {"host": host})
    return host


def _serve(claim: DomainClaim) -> None:
    """From here on the host is the firm's; the database lets nobody else have it."""
    try:
        with transaction.atomic():
            Domain.objects.create(tenant_id=claim.tenant_id, domain=claim.host, is_primary=False)
            DomainClaim.objects.filter(pk=claim.pk).update(state=claim.state)
    except IntegrityError as error:
        raise TenantError(
            "domain_taken", _("%(host)s already belongs to a firm.") % {"host": claim.host}
        ) from error
    directory.publish_after_commit()


def _note_times(claim: DomainClaim, before: State) -> None:
    if before == State.ASKED and claim.state != State.ASKED:
        claim.verified_at = claim.checked_at
    if claim.state != State.FAILING:
        claim.failing_since = None
    elif before != State.FAILING:
        claim.failing_since = claim.checked_at


def _tell_owners(claim: DomainClaim) -> None:
    tenant = claim.tenant
    with tenant_context(tenant):
        people = User.objects.filter(is_staff=True, is_active=True, role__in=_TOLD)
        for user in people.exclude(email_verified_at=None):
            messaging.send_mail(
                "domain_failing",
                user.email,
                {"host": claim.host, "path": f"/backoffice/domains/{claim.pk}/"},
                language=user.language,
            )


_TOLD = (roles.OWNER, roles.ADMIN)


def _record(
    action: str, claim: DomainClaim, acting_user: Any, *,
    old: dict[str, Any] | None = None, new: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    with audit_schema(acting_user):
        audit.record(
            action, ("tenants.tenant", claim.tenant_id), old=old, new=new, acting_user=acting_user
        )
