"""Hosts of all firms: whose, served or not, and what their DNS said last."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import cells, pages
from backoffice.attention import Task
from backoffice.tables import Column, Listing
from backoffice.tenant.domains import state_badge
from tenants import selectors
from tenants.models import Domain, DomainClaim


def domains(request: HttpRequest) -> HttpResponse:
    """Every host that is served or was asked for, those that fail first."""
    claims = {(row.tenant_id, row.host): row for row in selectors.domain_claims()}
    rows: list[tuple[Any, Domain | None, DomainClaim | None]] = []
    for host in Domain.objects.select_related("tenant"):
        rows.append((host.tenant, host, claims.pop((host.tenant_id, host.domain), None)))
    rows += [(claim.tenant, None, claim) for claim in claims.values()]
    rows.sort(key=_rank)
    return pages.render(
        request,
        "list.html",
        {
            "table": _listing(request).show(rows),
            "intro": _("Hosts that firms asked for are looked at every quarter of an hour; those "
                       "that the platform set are not."),
        },
        title=_("Domains"),
    )  # fmt: skip


def _rank(row: tuple[Any, Domain | None, DomainClaim | None]) -> tuple[bool, str, str]:
    tenant, host, claim = row
    fails = claim is not None and claim.state == DomainClaim.State.FAILING
    return not fails, tenant.name, host.domain if host else getattr(claim, "host", "")


def _listing(request: HttpRequest) -> Listing:
    def host_of(row: Any) -> Any:
        _tenant, host, claim = row
        main = _("main domain") if host and host.is_primary else ""
        return cells.pair(host.domain if host else claim.host, main)

    def state(row: Any) -> Any:
        return state_badge(row[2]) if row[2] else cells.badge(_("set by the platform"), "plain")

    def when(name: str) -> Any:
        return lambda row: cells.when(getattr(row[2], name)) if row[2] else cells.NOTHING

    return Listing(
        columns=[
            Column(gettext_lazy("Domain"), host_of, "main"),
            Column(gettext_lazy("Tenant"), lambda row: row[0].name),
            Column(gettext_lazy("State"), state),
            Column(gettext_lazy("Served"), lambda row: _("yes") if row[1] else _("no")),
            Column(gettext_lazy("Last look (UTC)"), when("checked_at")),
            Column(gettext_lazy("Failing since (UTC)"), when("failing_since")),
        ],
        row_link=lambda row: "" if row[0].is_platform else pages.url(request, "tenant", row[0].pk),
    )


def tasks(request: HttpRequest) -> list[Task]:
    """Hosts of firms that lead here no longer, for the operator's start page."""
    failing = selectors.domain_claims().filter(state=DomainClaim.State.FAILING)
    failing = failing.order_by("failing_since")
    count = failing.count()
    if not count:
        return []
    first = failing.first()
    assert first is not None
    # Two texts: languages have forms for 21 and more that are like the one for 1.
    if count == 1:
        words = _("%(host)s of %(name)s does not lead here any more")
    else:
        words = ngettext(
            "%(count)s domain of firms does not lead here any more",
            "%(count)s domains of firms do not lead here any more",
            count,
        )
    headline = words % {"host": first.host, "name": first.tenant.name, "count": count}
    sentence = _("The firm was told by mail. Customers may not find its site.")
    return [
        Task("bad", "language", headline, sentence, pages.url(request, "domains"),
             first.failing_since)
    ]  # fmt: skip


PAGES = (pages.Page("domains/", "domains", domains, "tenants.view"),)
