"""Rule sets of the firm: what judges now, by kind of facts, and which facts there are."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from backoffice import access, cells, pages, rule_words
from backoffice.tables import Column, Listing
from backoffice.tenant.adjustments import person
from riskrules import kinds, selectors
from riskrules.kinds import Kind
from riskrules.models import Evaluation, RuleVersion, VersionState
from riskrules.rulesets import Rule

_TONES = {
    VersionState.DRAFT: "plain",
    VersionState.TESTED: "warn",
    VersionState.PROPOSED: "warn",
    VersionState.LIVE: "good",
}


def state_badge(row: RuleVersion) -> Any:
    return cells.badge(row.get_state_display(), _TONES.get(VersionState(row.state), "plain"))


def version_link(request: HttpRequest, row: RuleVersion) -> Any:
    words = _("Version %(number)s") % {"number": row.number}
    return cells.link(pages.url(request, "rule_version", row.pk), words)


def rules_table(kind: Kind, rules: tuple[Rule, ...], *, of_product: bool = False) -> Any:
    """Rules in words; sentences of rules of the product in the language of the page, as well."""
    return Listing(
        columns=[
            Column(
                gettext_lazy("Rule"),
                lambda r: cells.pair(r.name, rule_words.sentence(kind, r)),
                "main",
            ),
            Column(gettext_lazy("What follows"), lambda r: rule_words.outcome(r.outcome.name)),
            Column(
                gettext_lazy("Sentence"),
                lambda r: _(r.sentence) if of_product else r.sentence,
            ),
        ],
        empty_headline=gettext_lazy("No rules"),
        empty_sentence=gettext_lazy("Nothing of this kind is looked at more closely."),
    ).show(rules)


def rule_sets(request: HttpRequest) -> HttpResponse:
    """All kinds of facts, with what is in force and what is worked on."""
    live = {
        row.kind: row
        for row in selectors.versions()
        .filter(state=VersionState.LIVE)
        .annotate(count=Count("rules"))
    }
    open_ = {row.kind: row for row in selectors.versions() if row.is_open}
    alerts = selectors.open_alert_counts()
    since = timezone.now() - timedelta(days=1)
    judged = dict(
        Evaluation.objects.filter(at__gte=since)
        .order_by()
        .values_list("kind")
        .annotate(count=Count("pk"))
    )

    def in_force(kind: Kind) -> Any:
        row: Any = live.get(kind.name)
        count = row.count if row is not None else len(kind.defaults)
        rules = ngettext("%(count)s rule", "%(count)s rules", count) % {"count": count}
        number = _("version %(number)s") % {"number": row.number} if row else _("as delivered")
        return cells.pair(rules, number)

    listing = Listing(
        columns=[
            Column(gettext_lazy("Rule set"), lambda k: cells.pair(k.title, k.explanation), "main"),
            Column(pgettext_lazy("rules", "In force"), in_force, "short"),
            Column(
                gettext_lazy("Being worked on"),
                lambda k: state_badge(open_[k.name]) if k.name in open_ else cells.NOTHING,
            ),
            Column(
                gettext_lazy("Recorded in 24 hours"),
                lambda k: cells.number(judged.get(k.name, 0)),
                "number",
                on_phone=False,
            ),
            Column(
                gettext_lazy("Open alerts"),
                lambda k: (
                    cells.badge(str(alerts[k.name]), "warn") if k.name in alerts else cells.NOTHING
                ),
            ),
        ],
        row_link=lambda kind: pages.url(request, "rule_set", kind.name),
    )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.show(kinds.known()),
            "intro": _(
                "What the firm looks at before it lets something happen. Hard limits stand in the "
                "engine and hold besides."
            ),
            "buttons": [(_("Alerts"), pages.url(request, "rule_alerts"), "")],
        },
        title=_("Rule sets"),
    )


def rule_set(request: HttpRequest, rule_kind: str) -> HttpResponse:
    """One kind: the rules in force, the floor, the facts, all versions."""
    kind = selectors.access_kind(rule_kind)
    live, open_ = selectors.live_version(kind), selectors.open_version(kind)
    buttons = []
    if open_ is not None:
        address = pages.url(request, "rule_version", open_.pk)
        buttons.append((_("Open what is worked on"), address, "bo-button-primary"))
    elif access.may(request.user, "rules.edit"):
        address = pages.url(request, "begin_rule_draft", kind.name)
        buttons.append((_("Change the rules"), address, "bo-button-primary"))
    facts = Listing(
        columns=[
            Column(gettext_lazy("Fact"), lambda f: cells.pair(f.meaning, f.name), "main"),
            Column(gettext_lazy("Counted in"), lambda f: rule_words.UNITS[f.unit]),
        ]
    )
    return pages.render(
        request,
        "rule_set.html",
        {
            "kind": kind,
            "live": live,
            "live_link": version_link(request, live) if live else "",
            "rules": rules_table(kind, selectors.rules_of(live, kind)),
            "floor": rules_table(kind, kind.floor, of_product=True) if kind.floor else None,
            "facts_table": facts.show(kind.facts),
            "versions": _versions(request, kind),
            "buttons": buttons,
        },
        title=str(kind.title),
        crumbs=[(_("Rule sets"), pages.url(request, "rule_sets"))],
    )


def _versions(request: HttpRequest, kind: Kind) -> Any:
    return Listing(
        columns=[
            Column(gettext_lazy("Version"), lambda v: str(v.number), "main"),
            Column(gettext_lazy("State"), state_badge),
            Column(
                gettext_lazy("Written by"),
                lambda v: cells.pair(
                    person(v.created_by) if v.created_by else _("as delivered"),
                    cells.when(v.created_at),
                ),
            ),
            Column(
                pgettext_lazy("rules", "In force"),
                lambda v: (
                    cells.pair(cells.when(v.live_from), cells.when(v.live_until))
                    if v.live_from
                    else cells.NOTHING
                ),
            ),
            Column(gettext_lazy("Reason"), lambda v: v.reason or cells.NOTHING, on_phone=False),
        ],
        row_link=lambda row: pages.url(request, "rule_version", row.pk),
        empty_headline=gettext_lazy("No versions yet"),
        empty_sentence=gettext_lazy("The rules as delivered are in force."),
    ).show(selectors.versions(kind)[:50])


PAGES = (
    pages.Page("rules/", "rule_sets", rule_sets, "rules.view"),
    pages.Page("rules/sets/<slug:rule_kind>/", "rule_set", rule_set, "rules.view"),
)
