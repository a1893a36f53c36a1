"""Alerts of rules: what somebody has to see, and what came of it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import actions as audit
from backoffice import access, cells, pages, rule_words
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Choice, Column, Listing
from backoffice.tenant import names
from backoffice.tenant.adjustments import person
from identity.models import User
from riskrules import actions, kinds, recording, selectors
from riskrules.models import Alert
from riskrules.rulesets import Outcome
from trading.accounts.models import Account


def title_of(alert: Alert) -> str:
    return alert.rule or _("Rules that could not be worked out")


def kind_title(name: str) -> str:
    try:
        return str(kinds.get(name).title)
    except kinds.UnknownKind:
        return name


def state_badge(alert: Alert) -> Any:
    return (
        cells.badge(_("seen to"), "plain")
        if alert.seen_at
        else cells.badge(pgettext("alert", "open"), "warn")
    )


def rule_alerts(request: HttpRequest) -> HttpResponse:
    """All alerts, the newest first."""
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Alert"),
                lambda a: cells.pair(title_of(a), recording.sentence_of(a)),
                "main",
            ),
            Column(gettext_lazy("Rule set"), lambda a: kind_title(a.kind)),
            Column(gettext_lazy("Customer"), lambda a: _customer(request, a)),
            Column(gettext_lazy("Times"), lambda a: cells.number(a.count), "number"),
            Column(gettext_lazy("Last (UTC)"), lambda a: cells.when(a.last_at)),
            Column(gettext_lazy("State"), state_badge),
        ],
        filters=[
            Choice(
                "state",
                gettext_lazy("State"),
                [("open", pgettext_lazy("alert", "Open")), ("seen", gettext_lazy("Seen to"))],
                lambda rows, value: rows.filter(seen_at__isnull=value == "open"),
            ),
            Choice(
                "kind",
                gettext_lazy("Rule set"),
                [(kind.name, kind.title) for kind in kinds.known()],
                lambda rows, value: rows.filter(kind=value),
            ),
        ],
        search=lambda rows, term: (
            rows.filter(rule__icontains=term) | rows.filter(sentence__icontains=term)
        ),
        search_hint=gettext_lazy("Rule or sentence"),
        empty_headline=gettext_lazy("No alerts"),
        empty_sentence=gettext_lazy("What a rule wants somebody to see stands here."),
        row_link=lambda row: pages.url(request, "rule_alert", row.pk),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.alerts())},
        title=_("Alerts of rules"),
        crumbs=[(_("Rule sets"), pages.url(request, "rule_sets"))],
    )


def _customer(request: HttpRequest, alert: Alert) -> Any:
    user = User.objects.filter(pk=alert.user_id).first() if alert.user_id else None
    return names.user_link(request, user)


def rule_alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One alert: whom it is about, the facts as they last were, what came of it."""
    row: Alert = names.found(selectors.alerts(), pk=alert_id)
    viewer: Any = request.user
    if row.user_id:
        audit.note_view(
            viewer_id=viewer.pk,
            page="rule_alert",
            object_type="identity.user",
            object_id=row.user_id,
        )
    kind = next((k for k in kinds.known() if k.name == row.kind), None)
    account = Account.objects.filter(pk=row.account_id).select_related("user").first()
    facts = [
        (_("State"), state_badge(row)),
        (_("Rule set"), _set_link(request, row)),
        (_("What followed"), rule_words.outcome(Outcome(row.outcome).name)),
        (_("Customer"), _customer(request, row)),
        (_("Account"), names.account_link(request, account)),
        (_("About"), row.subject or cells.NOTHING),
        (_("Times"), cells.number(row.count)),
        (_("First (UTC)"), cells.when(row.first_at)),
        (_("Last (UTC)"), cells.when(row.last_at)),
    ]
    if row.seen_at:
        facts += [
            (_("Seen to by"), cells.pair(person(row.seen_by), cells.when(row.seen_at))),
            (_("What came of it"), row.note),
        ]
    buttons = []
    if row.seen_at is None and access.may(request.user, "rules.edit"):
        address = pages.url(request, "see_to_alert", row.pk)
        buttons.append((_("I have seen to it"), address, "bo-button-primary"))
    told = rule_words.facts_told(kind, row.facts) if kind is not None else []
    return pages.render(
        request,
        "rule_alert.html",
        {
            "sentence": recording.sentence_of(row),
            "facts": facts,
            "told": told,
            "buttons": buttons,
        },
        title=title_of(row),
        crumbs=[
            (_("Rule sets"), pages.url(request, "rule_sets")),
            (_("Alerts"), pages.url(request, "rule_alerts")),
        ],
    )


def _set_link(request: HttpRequest, row: Alert) -> Any:
    if row.kind not in {kind.name for kind in kinds.known()}:
        return row.kind
    return cells.link(pages.url(request, "rule_set", row.kind), kind_title(row.kind))


class NoteForm(StaffForm):
    note = forms.CharField(
        label=gettext_lazy("What came of it"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept with the alert and in the audit trail, with your name."),
    )


class SeeToAlert(ActionPage):
    """Say that it was looked at."""

    form_class = NoteForm

    def target(self, alert_id: int) -> Alert:  # type: ignore[override]
        row: Alert = names.found(selectors.alerts(), pk=alert_id)
        return row

    def title(self, target: Alert) -> str:
        return _("See to “%(rule)s”") % {"rule": title_of(target)}

    def confirm_label(self, target: Alert) -> str:
        return _("I have seen to it")

    def explanation(self, target: Alert) -> list[str]:
        return [_("If the rule fires for this customer again, a new alert is raised.")]

    def obstacle(self, target: Alert) -> str:
        return _("Somebody has seen to it already.") if target.seen_at else ""

    def perform(self, target: Alert, values: dict[str, Any]) -> str:
        actions.see_to(alert=target, note=values["note"], acting_user=self.request.user)
        return _("Kept.")

    def back(self, target: Alert) -> str:
        return self.url("rule_alert", target.pk)

    def crumbs(self, target: Alert) -> list[tuple[str, str]]:
        return [(_("Alerts"), self.url("rule_alerts")), (title_of(target), self.back(target))]


PAGES = (
    pages.Page("rules/alerts/", "rule_alerts", rule_alerts, "rules.view"),
    pages.Page("rules/alerts/<int:alert_id>/", "rule_alert", rule_alert, "rules.view"),
    pages.Page(
        "rules/alerts/<int:alert_id>/seen/", "see_to_alert", SeeToAlert.as_view(), "rules.edit"
    ),
)
