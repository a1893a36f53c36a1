"""One version of a rule set: its rules, what is different, what its test showed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages, rule_words
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from backoffice.tenant.adjustments import person
from backoffice.tenant.rule_sets import rules_table, state_badge
from identity.models import User
from riskrules import kinds, selectors
from riskrules.kinds import Kind
from riskrules.models import RuleVersion, VersionState
from riskrules.rulesets import Outcome, Rule


def rule_version(request: HttpRequest, rule_version_id: int) -> HttpResponse:
    """A version; a draft with what can be done to it."""
    row = selectors.access_version(rule_version_id)
    kind = kinds.get(row.kind)
    rules = selectors.rules_of(row, kind)
    compared, before = _compared(row, kind)
    may_write = row.is_writable and access.may(request.user, "rules.edit")
    context: dict[str, Any] = {
        "version": row,
        "kind": kind,
        "facts": _facts(row),
        "may_write": may_write,
        "table": _editable(request, row, kind) if may_write else rules_table(kind, rules),
        "compared": compared,
        "differences": rule_words.differences(kind, before, rules),
        "test": _test(request, row, kind),
        "buttons": _buttons(request, row),
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "rule_version.html",
        context,
        title=_("%(kind)s, version %(number)s") % {"kind": kind.title, "number": row.number},
        crumbs=[
            (_("Rule sets"), pages.url(request, "rule_sets")),
            (str(kind.title), pages.url(request, "rule_set", kind.name)),
        ],
    )


def _compared(row: RuleVersion, kind: Kind) -> tuple[str, tuple[Rule, ...]]:
    """What a version is held against: an open one against what is in force, else its origin."""
    live = selectors.live_version(kind)
    if row.is_open:
        words = _("version %(number)s, which is in force") % {"number": live.number} if live else ""
        return words or _("the rules as delivered"), selectors.rules_of(live, kind)
    origin = selectors.versions(kind).filter(number=row.based_on).first()
    if origin is None:
        return _("the rules as delivered"), kind.defaults
    words = _("version %(number)s, which it was made from") % {"number": origin.number}
    return words, selectors.rules_of(origin, kind)


def _facts(row: RuleVersion) -> list[tuple[str, Any]]:
    facts = [
        (_("State"), state_badge(row)),
        (
            _("Written by"),
            cells.pair(
                person(row.created_by) if row.created_by else _("as delivered"),
                cells.when(row.created_at),
            ),
        ),
    ]
    if row.tested_at:
        told = cells.pair(person(row.tested_by), cells.when(row.tested_at))
        facts.append((_("Tested by"), told))
    if row.proposed_at:
        told = cells.pair(person(row.proposed_by), cells.when(row.proposed_at))
        facts.append((_("Proposed by"), told))
        facts.append((_("Reason"), row.reason))
    if row.decided_at:
        told = cells.pair(person(row.decided_by), cells.when(row.decided_at))
        facts.append((_("Put in force by"), told))
    if row.live_from:
        facts.append((_("In force from (UTC)"), cells.when(row.live_from)))
    if row.live_until:
        facts.append((_("In force until (UTC)"), cells.when(row.live_until)))
    return facts


def _buttons(request: HttpRequest, row: RuleVersion) -> list[tuple[str, str, str]]:
    """What the reader can do next, the likeliest in the brand's colour."""

    def button(words: str, page: str, look: str = "") -> tuple[str, str, str]:
        return words, pages.url(request, page, row.pk), look

    primary = "bo-button-primary"
    edits = access.may(request.user, "rules.edit")
    found = []
    if row.is_writable and edits:
        is_tested = row.state == VersionState.TESTED
        found = [
            button(_("Add a rule"), "new_rule"),
            button(_("Test it"), "test_rules", "" if is_tested else primary),
            button(_("Discard"), "discard_rules"),
        ]
        if is_tested:
            found.insert(2, button(_("Propose it"), "propose_rules", primary))
    if row.state == VersionState.PROPOSED:
        if row.proposed_by_id == request.user.pk and edits:
            found.append(button(_("Take it back"), "take_back_rules"))
        elif access.may(request.user, "rules.approve"):
            address = pages.url(request, "approval", "rules", row.pk)
            found.append((_("Decide"), address, primary))
    if row.state == VersionState.RETIRED and edits:
        found.append(button(_("Bring it back"), "roll_back_rules"))
    return found


def _editable(request: HttpRequest, row: RuleVersion, kind: Kind) -> Any:
    """The rules of a draft, each with a way to its form."""
    return Listing(
        columns=[
            Column(
                gettext_lazy("Rule"),
                lambda r: cells.pair(r.name, rule_words.sentence(kind, r.as_rule())),
                "main",
            ),
            Column(
                gettext_lazy("What follows"),
                lambda r: rule_words.outcome(Outcome(r.outcome).name),
            ),
            Column(gettext_lazy("Sentence"), lambda r: r.sentence),
            Column(
                gettext_lazy("Remove"),
                lambda r: cells.link(
                    pages.url(request, "remove_rule", row.pk, r.position), _("Remove")
                ),
            ),
        ],
        row_link=lambda r: pages.url(request, "edit_rule", row.pk, r.position),
        empty_headline=gettext_lazy("No rules"),
        empty_sentence=gettext_lazy("Add the first one."),
    ).show(row.rules.all())


def _test(request: HttpRequest, row: RuleVersion, kind: Kind) -> dict[str, Any] | None:
    """The last test as the page shows it; None: there was none."""
    test = row.test
    if not test:
        return None
    outcomes = [
        (
            rule_words.outcome_of(outcome.name),
            cells.number(test["counts"]["draft"].get(outcome.name, 0)),
            cells.number(test["counts"]["live"].get(outcome.name, 0)),
        )
        for outcome in Outcome
        if outcome.name in test["counts"]["draft"] or outcome.name in test["counts"]["live"]
    ]
    fired = [
        (
            name,
            cells.number(test["fired"]["draft"].get(name, 0)),
            cells.number(test["fired"]["live"].get(name, 0)),
        )
        for name in sorted({*test["fired"]["draft"], *test["fired"]["live"]})
    ]
    return {
        **test,
        "at": row.tested_at,
        "outcomes": _counts(gettext_lazy("What comes of it"), outcomes),
        "fired_table": _counts(gettext_lazy("Rule"), fired),
        "cases": _cases(request, kind, test["shown"]),
    }


def _counts(title: Any, rows: list[tuple[Any, Any, Any]]) -> Any:
    return Listing(
        columns=[
            Column(title, lambda r: r[0], "main"),
            Column(gettext_lazy("This version"), lambda r: r[1], "number"),
            Column(pgettext_lazy("rules", "In force"), lambda r: r[2], "number"),
        ],
        empty_headline=gettext_lazy("Nothing fired"),
    ).show(rows)


def _cases(request: HttpRequest, kind: Kind, shown: list[dict[str, Any]]) -> Any:
    users = User.objects.in_bulk({case["user"] for case in shown})

    def told(outcome: str, fired: list[str]) -> Any:
        return cells.pair(rule_words.outcome_of(outcome), ", ".join(fired))

    return Listing(
        columns=[
            Column(
                gettext_lazy("When (UTC)"),
                lambda c: cells.when(datetime.fromisoformat(c["at"])),
                "main",
            ),
            Column(
                gettext_lazy("Customer"),
                lambda c: cells.pair(
                    names.user_link(request, users.get(c["user"])), c["subject"] or ""
                ),
            ),
            Column(gettext_lazy("This version"), lambda c: told(c["draft"], c["draft_fired"])),
            Column(pgettext_lazy("rules", "In force"), lambda c: told(c["live"], c["live_fired"])),
            Column(
                gettext_lazy("Facts"),
                lambda c: cells.lines(
                    f"{meaning}: {value}"
                    for meaning, value in rule_words.facts_told(kind, c["facts"])
                ),
                on_phone=False,
            ),
        ],
        empty_headline=gettext_lazy("No case would be decided otherwise"),
    ).show(shown)


PAGES = (
    pages.Page("rules/versions/<int:rule_version_id>/", "rule_version", rule_version, "rules.view"),
)
