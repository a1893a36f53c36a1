"""Rules in the three registries: what needs somebody, what waits for a second person."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import access, cells, pages, rule_words
from backoffice.approvals import Kind, Told, kinds
from backoffice.attention import Task
from backoffice.search import Hit, Term, fits
from riskrules import actions, recording, selectors
from riskrules import kinds as rule_kinds
from riskrules.models import Alert, RuleVersion


def tasks(request: HttpRequest) -> list[Task]:
    """Alerts that nobody has seen to; worst where rules could not be worked out."""
    if not access.may(request.user, "rules.edit"):
        return []
    rows = selectors.open_alerts()
    count = rows.count()
    if not count:
        return []
    oldest: Any = rows.order_by("first_at").first()
    failing = rows.filter(rule="").exists()
    return [
        Task(
            "bad" if failing else "warn",
            "notifications_active",
            ngettext("%(count)s alert of a rule", "%(count)s alerts of rules", count)
            % {"count": count},
            _("Rules could not be worked out: what they judge is refused.")
            if failing
            else _("The oldest is from %(age)s: %(sentence)s")
            % {
                "age": cells.age(oldest.first_at, timezone.now()),
                "sentence": recording.sentence_of(oldest),
            },
            f"{pages.url(request, 'rule_alerts')}?state=open",
            oldest.first_at,
        )
    ]


def _tell(request: HttpRequest, row: RuleVersion) -> Told:
    kind = rule_kinds.get(row.kind)
    live = selectors.live_version(kind)
    before, after = selectors.rules_of(live, kind), selectors.rules_of(row, kind)
    test = row.test
    return Told(
        title=_("%(kind)s: version %(number)s") % {"kind": kind.title, "number": row.number},
        asked_by=row.proposed_by,
        asked_at=row.proposed_at,
        reason=row.reason,
        address=pages.url(request, "rule_version", row.pk),
        facts=[
            (_("Tested against"), _("%(days)s days") % {"days": test.get("days", 0)}),
            (_("Judged anew"), cells.number(test.get("looked", 0))),
            (_("Decided otherwise"), cells.number(test.get("differing", 0))),
        ],
        changes=[
            (name, old or "–", new or "–")
            for name, old, new in rule_words.differences(kind, before, after)
        ],
    )


def _activate(row: RuleVersion, acting_user: Any, reason: str) -> str:
    actions.activate(version=row, acting_user=acting_user, reason=reason)
    return _("In force. Every door follows it within seconds.")


def _refuse(row: RuleVersion, acting_user: Any, reason: str) -> str:
    actions.refuse(version=row, acting_user=acting_user, reason=reason)
    return _("Sent back. The rules in force stay.")


def find(request: HttpRequest, term: Term) -> Iterator[Hit]:
    """Rule sets by name, rules in force by theirs, alerts by number or rule."""
    for kind in rule_kinds.known():
        address = pages.url(request, "rule_set", kind.name)
        if fits(term, kind.title, "rules"):
            yield Hit(str(kind.title), _("rule set"), address, "rule")
        for rule in selectors.rules_of(selectors.live_version(kind), kind):
            if fits(term, rule.name):
                yield Hit(rule.name, str(kind.title), address, "rule")
    alerts = Alert.objects.filter(pk=term.number) if term.number else Alert.objects.none()
    for alert in alerts:
        address = pages.url(request, "rule_alert", alert.pk)
        yield Hit(_("Alert %(id)s") % {"id": alert.pk}, alert.rule, address, "notifications_active")


kinds.register(
    Kind(
        "rules",
        gettext_lazy("Risk rules"),
        "rule",
        "rules.view",
        "rules.approve",
        selectors.waiting,
        _tell,
        _activate,
        _refuse,
        gettext_lazy("They are in force everywhere within seconds; the version before can return."),
        "proposed_by",
        "proposed_at",
    )
)
