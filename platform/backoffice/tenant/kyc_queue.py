"""Verification: the queue by risk and age, names to decide about, and one customer's standing."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from audit import actions as audit
from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Choice, Column, Listing
from backoffice.tenant import names
from identity import selectors as identity
from identity.models import User
from kyc import actions, sealed, selectors
from kyc.models import CaseState, Hit, HitState, KycCase, Risk, Tier

RISK_TONES = {Risk.LOW: "good", Risk.MEDIUM: "warn", Risk.HIGH: "bad"}
STATE_TONES = {
    CaseState.SUBMITTED: "warn",
    CaseState.IN_REVIEW: "warn",
    CaseState.MORE_NEEDED: "plain",
    CaseState.SECOND: "warn",
    CaseState.APPROVED: "good",
    CaseState.REFUSED: "bad",
    CaseState.WITHDRAWN: "plain",
}
HIT_TONES = {HitState.OPEN: "warn", HitState.FALSE: "good", HitState.TRUE: "bad"}

# Whose name came near one on a list: see `kyc.subjects.Subject`.
ROLES = {
    "customer": pgettext_lazy("whose name", "customer"),
    "company": pgettext_lazy("whose name", "company"),
    "director": pgettext_lazy("whose name", "director"),
    "owner": pgettext_lazy("whose name", "owner"),
}


def language() -> str:
    """The language of this page."""
    return get_language() or "en"


def tier_name(tier: Tier) -> str:
    """A tier as the firm calls it in the language of this page."""
    return tier.name(language())


def risk_badge(risk: str) -> Any:
    return cells.badge(Risk(risk).label, RISK_TONES[Risk(risk)])


def state_badge(state: str) -> Any:
    return cells.badge(CaseState(state).label, STATE_TONES.get(CaseState(state), "plain"))


def due_cell(case: KycCase) -> Any:
    """Until when, and whether that is over."""
    if case.due_at is None or case.decided_at is not None:
        return cells.NOTHING
    if case.due_at < timezone.now():
        return cells.badge(_("overdue"), "bad")
    return cells.when(case.due_at)


def _search(rows: QuerySet, term: str) -> QuerySet:
    wanted = Q(user__email__icontains=term)
    if term.isascii() and term.isdigit() and len(term) < 19:
        wanted |= Q(pk=int(term)) | Q(user_id=int(term))
    return rows.filter(wanted)


def _narrow_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "waiting":
        return rows.filter(pk__in=selectors.queue().values("pk"))
    return rows.filter(state=value)


def queue(request: HttpRequest) -> HttpResponse:
    """Cases that wait first: high risk, then what is due."""
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Case"),
                lambda c: cells.pair(f"{c.pk} · {c.user.email}", c.get_kind_display()),
                "main",
            ),
            Column(gettext_lazy("Risk"), lambda c: risk_badge(c.risk)),
            Column(gettext_lazy("State"), lambda c: state_badge(c.state)),
            Column(gettext_lazy("Tier"), lambda c: tier_name(c.tier)),
            Column(gettext_lazy("Sent (UTC)"), lambda c: cells.when(c.submitted_at)),
            Column(gettext_lazy("Due (UTC)"), due_cell),
            Column(
                gettext_lazy("With"),
                lambda c: c.assigned_to.get_short_name() if c.assigned_to else cells.NOTHING,
                on_phone=False,
            ),
        ],
        filters=[
            Choice(
                "state",
                gettext_lazy("State"),
                [
                    ("waiting", gettext_lazy("Waiting for staff")),
                    *((s.value, s.label) for s in CaseState if s != CaseState.DRAFT),
                ],
                _narrow_state,
            ),
            Choice(
                "risk",
                gettext_lazy("Risk"),
                list(Risk.choices),
                lambda rows, value: rows.filter(risk=value),
            ),
        ],
        search=_search,
        search_hint=gettext_lazy("E-mail, case or customer id"),
        order=("is_decided", "rank", "due_at", "-pk"),
        empty_headline=gettext_lazy("No cases yet"),
        empty_sentence=gettext_lazy("They appear here as soon as a customer asks for a tier."),
        row_link=lambda case: pages.url(request, "kyc_case", case.pk),
    )
    first = None
    if access.may(request.user, "kyc.decide"):
        first = selectors.next_in_queue(request.user)
    buttons = []
    if first is not None:
        address = pages.url(request, "kyc_case", first.pk)
        buttons.append((_("Review the next case"), address, "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.all_by_urgency()), "buttons": buttons},
        title=_("Verification"),
    )


def hits(request: HttpRequest) -> HttpResponse:
    """Names of customers that came near names on lists."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Listed"), lambda h: cells.pair(h.entry_name, h.program), "main"),
            Column(gettext_lazy("Likeness"), lambda h: cells.percent_of_bp(h.score_bp), "number"),
            Column(gettext_lazy("State"), hit_badge),
            Column(gettext_lazy("Customer"), lambda h: h.user.email),
            Column(gettext_lazy("Whose name"), lambda h: ROLES.get(h.role, h.role)),
            Column(gettext_lazy("Found (UTC)"), lambda h: cells.when(h.found_at)),
        ],
        filters=[
            Choice(
                "state",
                gettext_lazy("State"),
                list(HitState.choices),
                lambda rows, value: rows.filter(state=value),
            ),
        ],
        empty_headline=gettext_lazy("No name came near one on a list"),
        empty_sentence=gettext_lazy("Customers are screened against the watch lists."),
        row_link=lambda hit: pages.url(request, "kyc_hit", hit.pk),
    )
    rows = Hit.objects.select_related("user")
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, rows)},
        title=_("Names on lists"),
        crumbs=[(_("Verification"), pages.url(request, "kyc_queue"))],
    )


def hit_badge(hit: Hit) -> Any:
    return cells.badge(hit.get_state_display(), HIT_TONES.get(HitState(hit.state), "plain"))


def why_of(hit: Hit) -> dict[str, Any]:
    """Which tokens met how, for the table of a hit; empty once erased."""
    why = sealed.unseal(hit.why, {})
    how = {
        "same": _("the same"),
        "alike": _("alike"),
        "sounds": _("the same consonants"),
    }
    return {
        "hit": hit,
        "badge": hit_badge(hit),
        "role": ROLES.get(hit.role, hit.role),
        "asked": why.get("asked", ""),
        "name": why.get("name", hit.entry_name),
        "is_alias": why.get("alias", False),
        "score": cells.percent_of_bp(hit.score_bp),
        "pairs": [
            {"asked": a, "listed": b, "how": how.get(h, h), "score": cells.percent_of_bp(bp)}
            for a, b, h, bp in why.get("pairs", [])
        ],
        "unmatched": why.get("unmatched", []),
        "unmatched_listed": why.get("unmatched_listed", []),
    }


class HitForm(ReasonForm):
    """Whether it is the customer."""

    same = forms.ChoiceField(
        label=gettext_lazy("Is the customer the person on the list?"),
        choices=[("no", gettext_lazy("No, another")), ("yes", gettext_lazy("Yes, the same"))],
        widget=forms.RadioSelect,
    )
    field_order = ["same", "reason", "token"]


class DecideHit(ActionPage):
    """Judge a near name."""

    form_class = HitForm
    template = "kyc_hit.html"

    def target(self, hit_id: int) -> Hit:  # type: ignore[override]
        hit: Hit = names.found(Hit.objects.select_related("user"), pk=hit_id)
        user = self.request.user
        audit.note_view(
            viewer_id=user.pk, page="kyc_hit", object_type="identity.user", object_id=hit.user_id
        )
        return hit

    def title(self, target: Hit) -> str:
        return target.entry_name

    def confirm_label(self, target: Hit) -> str:
        return _("Decide")

    def explanation(self, target: Hit) -> list[str]:
        return [
            _("Another person: this pair of names is not asked about again."),
            _("The same person, on a list of sanctions: the customer is held back at once."),
        ]

    def facts(self, target: Hit) -> list[tuple[str, Any]]:
        return [
            (_("Customer"), target.user.email),
            (_("List"), f"{target.list_code} · {target.get_list_kind_display()}"),
            (_("Entry"), cells.mono(target.external_id)),
            (_("Program"), target.program or "–"),
            (_("State"), hit_badge(target)),
            (_("Reason so far"), target.reason or "–"),
        ]

    def extra(self, target: Hit, form: Any) -> dict[str, Any]:
        return {"why": why_of(target)}

    def obstacle(self, target: Hit) -> str:
        return _("This name is no longer near.") if target.state == HitState.GONE else ""

    def perform(self, target: Hit, values: dict[str, Any]) -> str:
        actions.decide_hit(
            hit=target,
            is_same=values["same"] == "yes",
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("Decided.")

    def back(self, target: Hit) -> str:
        case = selectors.open_case_of(target.user)
        if case is not None and case.state != CaseState.DRAFT:
            return self.url("kyc_case", case.pk)
        return self.url("kyc_hits")

    def crumbs(self, target: Hit) -> list[tuple[str, str]]:
        return [
            (_("Verification"), self.url("kyc_queue")),
            (_("Names on lists"), self.url("kyc_hits")),
        ]


def standing(request: HttpRequest, user_id: int) -> HttpResponse:
    """A customer's tier and what became of his cases."""
    user = identity.access_customer(request.user, user_id)  # type: ignore[arg-type]
    allowed = selectors.allowance(user, language())
    profile = selectors.profile_of(user)
    facts = [
        (_("Tier"), f"{allowed.tier_number} {allowed.tier_name}"),
        (_("Risk"), risk_badge(profile.risk) if profile else cells.NOTHING),
        (_("May deposit"), cells.badge("yes" if allowed.may_deposit else "no")),
        (_("Held back"), _held(profile)),
        (_("Verified (UTC)"), cells.when(profile.verified_at if profile else None)),
        (_("To be renewed (UTC)"), cells.when(profile.expires_at if profile else None)),
    ]
    listing = Listing(
        columns=[
            Column(gettext_lazy("Case"), lambda c: cells.mono(c.pk), "main"),
            Column(gettext_lazy("Tier"), lambda c: tier_name(c.tier)),
            Column(gettext_lazy("Risk"), lambda c: risk_badge(c.risk)),
            Column(gettext_lazy("State"), lambda c: state_badge(c.state)),
            Column(gettext_lazy("Begun (UTC)"), lambda c: cells.when(c.opened_at)),
            Column(gettext_lazy("Decided (UTC)"), lambda c: cells.when(c.decided_at)),
        ],
        row_link=lambda case: pages.url(request, "kyc_case", case.pk),
        empty_headline=gettext_lazy("Never asked for a tier"),
    )
    rows = selectors.cases().filter(user_id=user.pk).exclude(state=CaseState.DRAFT)
    context: dict[str, Any] = {
        "facts": facts,
        "customer": user,
        "is_restricted": profile is not None and profile.is_restricted,
        "cases": listing.show(rows.order_by("-pk")[:50]),
    }
    if access.may(request.user, "kyc.documents"):
        context["hits"] = [why_of(hit) for hit in selectors.hits_of(user)[:20]]
    if access.may(request.user, "audit.view"):
        records = audit_selectors.records_of(user).filter(action__startswith="kyc.")
        context["audit"] = audit_pages.timeline(request, records[:15])
    return pages.render(
        request,
        "kyc_standing.html",
        context,
        title=_("Verification of %(email)s") % {"email": user.email},
        crumbs=[
            (_("Customers"), pages.url(request, "customers")),
            (user.email, pages.url(request, "customer", user.pk)),
        ],
    )


def _held(profile: Any) -> Any:
    if profile is None or not profile.is_restricted:
        return _("no")
    return cells.pair(cells.badge(_("yes"), "bad"), profile.restricted_reason)


class StandingAction(ActionPage):
    """What is done to a customer's standing."""

    def target(self, user_id: int) -> User:  # type: ignore[override]
        return identity.access_customer(self.request.user, user_id)  # type: ignore[arg-type]

    def back(self, target: User) -> str:
        return self.url("kyc_standing", target.pk)

    def crumbs(self, target: User) -> list[tuple[str, str]]:
        return [
            (_("Customers"), self.url("customers")),
            (target.email, self.url("customer", target.pk)),
        ]

    def is_restricted(self, target: User) -> bool:
        profile = selectors.profile_of(target)
        return profile is not None and profile.is_restricted


class Restrict(StandingAction):
    """Hold a customer back."""

    danger = True

    def title(self, target: User) -> str:
        return _("Hold this customer back")

    def explanation(self, target: User) -> list[str]:
        return [
            _("The accounts become cancel-only in the engine: no new order from then on."),
            _("Deposits and withdrawals are refused until somebody lets him go on."),
        ]

    def obstacle(self, target: User) -> str:
        return _("This customer is held back already.") if self.is_restricted(target) else ""

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.restrict(user=target, acting_user=self.request.user, reason=values["reason"])
        return _("The customer is held back.")


class Release(StandingAction):
    """Let a customer go on."""

    def title(self, target: User) -> str:
        return _("Let this customer go on")

    def explanation(self, target: User) -> list[str]:
        return [_("Accounts that were made cancel-only for this become active again.")]

    def obstacle(self, target: User) -> str:
        return "" if self.is_restricted(target) else _("This customer is not held back.")

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.release(user=target, acting_user=self.request.user, reason=values["reason"])
        return _("The customer may go on.")


PAGES = (
    pages.Page("verification/", "kyc_queue", queue, "kyc.view"),
    pages.Page("verification/names/", "kyc_hits", hits, "kyc.documents"),
    pages.Page("verification/names/<int:hit_id>/", "kyc_hit", DecideHit.as_view(), "kyc.decide"),
    pages.Page("customers/<int:user_id>/verification/", "kyc_standing", standing, "kyc.view"),
    pages.Page(
        "customers/<int:user_id>/hold-back/", "kyc_restrict", Restrict.as_view(), "kyc.decide"
    ),
    pages.Page(
        "customers/<int:user_id>/let-go-on/", "kyc_release", Release.as_view(), "kyc.decide"
    ),
)
