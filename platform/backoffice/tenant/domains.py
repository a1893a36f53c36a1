"""Domains of the firm: asked for, shown to be its own by DNS records, looked at ever after."""

from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.attention import Task
from backoffice.forms import StaffForm
from backoffice.once import new_token
from backoffice.tables import Column, Listing
from tenants import actions, dns_checks, selectors
from tenants.models import Domain, DomainClaim
from tenants.selectors import current_tenant

State = DomainClaim.State
TONES = {State.ASKED: "warn", State.VERIFIED: "warn", State.ACTIVE: "good", State.FAILING: "bad"}


def claim_or_404(domain_claim_id: int) -> DomainClaim:
    """A claim of this firm."""
    rows = selectors.domain_claims(current_tenant())
    row = rows.filter(pk=domain_claim_id).first() if domain_claim_id < 2**63 else None
    if row is None:
        raise Http404
    return row


def state_badge(claim: DomainClaim) -> Any:
    return cells.badge(claim.get_state_display(), TONES[State(claim.state)])


def domains(request: HttpRequest) -> HttpResponse:
    """Hosts that are served, and those on their way."""
    tenant = current_tenant()
    claims = {row.host: row for row in selectors.domain_claims(tenant)}
    hosts = list(Domain.objects.filter(tenant_id=tenant.pk).order_by("-is_primary", "domain"))
    served = {row.domain for row in hosts}
    rows = [(row.domain, row, claims.get(row.domain)) for row in hosts]
    rows += [(host, None, claim) for host, claim in claims.items() if host not in served]
    buttons = []
    if access.may(request.user, "brand.change"):
        buttons.append(
            (_("Connect a domain"), pages.url(request, "ask_domain"), "bo-button-primary")
        )
    return pages.render(
        request,
        "list.html",
        {
            "table": _listing(request).show(rows),
            "buttons": buttons,
            "intro": _("Customers reach you at these names. A new one is served once its DNS "
                       "records show that it is yours; all are looked at each quarter of an hour."),
        },
        title=_("Domains"),
    )  # fmt: skip


def _listing(request: HttpRequest) -> Listing:
    def state(row: Any) -> Any:
        _host, _domain, claim = row
        return state_badge(claim) if claim else cells.badge(_("set by the platform"), "plain")

    def what(row: Any) -> Any:
        host, domain, _claim = row
        main = _("main domain: links and mails point here")
        return cells.pair(host, main if domain and domain.is_primary else "")

    return Listing(
        columns=[
            Column(gettext_lazy("Domain"), what, "main"),
            Column(gettext_lazy("State"), state),
            Column(gettext_lazy("Served"), lambda row: _("yes") if row[1] else _("no")),
            Column(
                gettext_lazy("Last look (UTC)"),
                lambda row: cells.when(row[2].checked_at) if row[2] else cells.NOTHING,
            ),
        ],
        row_link=lambda row: pages.url(request, "domain", row[2].pk) if row[2] else "",
    )


def domain(request: HttpRequest, domain_claim_id: int) -> HttpResponse:
    """One host: what to set where, what was found, what comes next."""
    claim = claim_or_404(domain_claim_id)
    served = Domain.objects.filter(tenant_id=claim.tenant_id, domain=claim.host).first()
    may_change = access.may(request.user, "brand.change")
    context: dict[str, Any] = {
        "claim": claim,
        "state": state_badge(claim),
        "sentence": _sentence(claim),
        "steps": steps_of(claim),
        "served": served,
        "may_change": may_change,
        "check_token": new_token() if may_change else "",
    }
    return pages.render(
        request, "domain.html", context, title=claim.host,
        crumbs=[(_("Domains"), pages.url(request, "domains"))],
    )  # fmt: skip


def _sentence(claim: DomainClaim) -> str:
    return {
        State.ASKED: _("Set the two records below where you bought the name, then let us look. "
                       "New records can take an hour to be seen everywhere."),
        State.VERIFIED: _("The name is yours, and your site answers to it. Now let it lead here."),
        State.ACTIVE: _("All is well: customers reach your site at this name."),
        State.FAILING: _("The records have changed, or nobody answers for them. Your site still "
                         "answers to the name, but customers may not find it."),
    }[State(claim.state)]  # fmt: skip


def steps_of(claim: DomainClaim) -> list[dict[str, Any]]:
    """The records to set, each with what was found at the last look."""
    found = claim.found
    aim = dns_checks.target()
    addresses = django_settings.DOMAIN_ADDRESSES
    records = [("CNAME", claim.host, aim)] if aim else []
    if addresses:
        records += [("AAAA" if ":" in one else "A", claim.host, one) for one in addresses]
    seen = [*found.get("names", []), *found.get("addresses", [])]
    return [
        {
            "title": _("Show that the name is yours"),
            "help": _("Leave this record where it is: without it anybody could ask for the name."),
            "records": [
                ("TXT", dns_checks.txt_name(claim.host), dns_checks.txt_value(claim.token))
            ],
            "is_done": found.get("is_owned", False),
            "found": found.get("texts", []),
        },
        {
            "title": _("Let it lead here"),
            "help": _("An alias (CNAME) follows if our addresses change. Where your provider has "
                      "none for a name like example.com, set the addresses instead.")
            if addresses else _("An alias (CNAME) follows if our addresses change."),
            "records": records,
            "is_done": found.get("leads_here", False),
            "found": seen,
        },
    ]  # fmt: skip


class AskForm(StaffForm):
    """A host name."""

    domain = forms.CharField(
        label=gettext_lazy("Domain"),
        max_length=253,
        help_text=gettext_lazy("Such as trade.example.com, without https://."),
        widget=forms.TextInput(attrs={"autofocus": True, "spellcheck": "false"}),
    )
    field_order = ["domain", "token"]


class AskDomain(ActionPage):
    """Ask for a host name."""

    form_class = AskForm

    def title(self, target: Any) -> str:
        return _("Connect a domain")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("You set two DNS records where you bought the name; the next page says which."),
            _("Nothing is served at the name before they show that it is yours."),
        ]

    def confirm_label(self, target: Any) -> str:
        return _("Show me the records")

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        self.made = actions.ask_domain(
            tenant=current_tenant(), domain=values["domain"], acting_user=self.request.user
        )
        return _("%(host)s waits for its records.") % {"host": self.made.host}

    def back(self, target: Any) -> str:
        return self.url("domains")

    def after(self, target: Any) -> str:
        return self.url("domain", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Domains"), self.url("domains"))]


class ClaimAction(ActionPage):
    """An action on one host that the firm asked for."""

    form_class = StaffForm

    def target(self, domain_claim_id: int) -> DomainClaim:  # type: ignore[override]
        return claim_or_404(domain_claim_id)

    def facts(self, target: DomainClaim) -> list[tuple[str, Any]]:
        return [(_("Domain"), target.host), (_("State"), state_badge(target))]

    def back(self, target: DomainClaim) -> str:
        return self.url("domain", target.pk)

    def crumbs(self, target: DomainClaim) -> list[tuple[str, str]]:
        return [(_("Domains"), self.url("domains")), (target.host, self.back(target))]


class CheckDomain(ClaimAction):
    """Look at the DNS now."""

    def title(self, target: DomainClaim) -> str:
        return _("Look now")

    def explanation(self, target: DomainClaim) -> list[str]:
        return [_("We ask the DNS for the records of this name; it takes some seconds at most.")]

    def perform(self, target: DomainClaim, values: dict[str, Any]) -> str:
        row = actions.check_domain(claim=target, acting_user=self.request.user)
        if row.found["unanswered"]:
            return _("Nobody answered for some of the records; we try again by ourselves.")
        return _("%(host)s: %(state)s.") % {"host": row.host, "state": row.get_state_display()}


class WithdrawDomain(ClaimAction):
    """Give a host back."""

    danger = True

    def title(self, target: DomainClaim) -> str:
        return _("Give the domain back")

    def explanation(self, target: DomainClaim) -> list[str]:
        return [
            _("Nobody reaches you at this name any more; sessions there end."),
            _("Another firm may ask for it, if it can set its records."),
        ]

    def perform(self, target: DomainClaim, values: dict[str, Any]) -> str:
        actions.withdraw_domain(claim=target, acting_user=self.request.user)
        return _("%(host)s is given back.") % {"host": target.host}

    def after(self, target: DomainClaim) -> str:
        return self.url("domains")


class MainDomain(ClaimAction):
    """Choose the host name links and mails point at."""

    def title(self, target: DomainClaim) -> str:
        return _("Make it the main domain")

    def explanation(self, target: DomainClaim) -> list[str]:
        return [_("Links in mails point at it from now on. The other names stay open.")]

    def obstacle(self, target: DomainClaim) -> str:
        if target.state != State.ACTIVE:
            return _("It must lead here first.")
        return ""

    def perform(self, target: DomainClaim, values: dict[str, Any]) -> str:
        actions.set_primary_domain(
            tenant=current_tenant(), domain=target.host, acting_user=self.request.user
        )
        return _("%(host)s is the main domain.") % {"host": target.host}


def tasks(request: HttpRequest) -> list[Task]:
    """Domains that lead here no longer, for the start page."""
    failing = list(
        selectors.domain_claims(current_tenant())
        .filter(state=State.FAILING)
        .order_by("failing_since")
    )
    if not failing:
        return []
    one = len(failing) == 1
    # Two texts: languages have forms for 21 and more that are like the one for 1.
    if one:
        words = _("%(host)s does not lead here any more")
    else:
        words = ngettext(
            "%(count)s domain does not lead here any more",
            "%(count)s domains do not lead here any more",
            len(failing),
        )
    headline = words % {"host": failing[0].host, "count": len(failing)}
    address = pages.url(request, "domain", failing[0].pk) if one else pages.url(request, "domains")
    return [
        Task(
            "bad", "language", headline,
            _("Its DNS records have changed, or nobody answers for them."),
            address, failing[0].failing_since,
        )
    ]  # fmt: skip


PAGES = (
    pages.Page("domains/", "domains", domains, "brand.view"),
    pages.Page("domains/connect/", "ask_domain", AskDomain.as_view(), "brand.change"),
    pages.Page("domains/<int:domain_claim_id>/", "domain", domain, "brand.view"),
    pages.Page(
        "domains/<int:domain_claim_id>/check/",
        "check_domain",
        CheckDomain.as_view(),
        "brand.change",
    ),
    pages.Page(
        "domains/<int:domain_claim_id>/withdraw/",
        "withdraw_domain",
        WithdrawDomain.as_view(),
        "brand.change",
    ),
    pages.Page(
        "domains/<int:domain_claim_id>/main/", "main_domain", MainDomain.as_view(), "brand.change"
    ),
)
