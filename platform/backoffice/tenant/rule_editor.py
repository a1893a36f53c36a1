"""Work on a draft of rules: write, remove, test, propose, take back, discard, bring back."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice import pages, rule_words
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from riskrules import actions, kinds, selectors
from riskrules.kinds import Kind
from riskrules.models import RuleRow, RuleVersion
from riskrules.rulesets import Comparison, Condition, Outcome, Rule

LINES = tuple(range(1, actions.MOST_CONDITIONS + 1))


class RuleForm(StaffForm):
    """A rule in its own words: lines of fact, comparison and value, joined with “and”."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    outcome = forms.TypedChoiceField(label=gettext_lazy("What follows"), coerce=int)
    sentence = forms.CharField(
        label=gettext_lazy("Sentence"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Who is refused reads it; staff read it in alerts and reviews."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (int(outcome), rule_words.OUTCOMES[outcome]) for outcome in kind.outcomes
        ]
        facts = [(fact.name, _first_upper(fact.meaning)) for fact in kind.facts]
        for line in LINES:
            self._add(f"fact_{line}", _("Fact"), [("", _("– none –")), *facts], line)
            self._add(f"comparison_{line}", _("Comparison"), _COMPARISONS, line)
            self.fields[f"value_{line}"] = forms.CharField(
                label=pgettext("of a field", "Value"),
                required=False,
                max_length=40,
                widget=forms.TextInput(
                    attrs={"class": "bo-input", "autocomplete": "off",
                           "aria-label": _("Value of condition %(line)s") % {"line": line}}
                ),
            )  # fmt: skip

    def _add(self, name: str, label: str, choices: Any, line: int) -> None:
        told = _("%(what)s of condition %(line)s") % {"what": label, "line": line}
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=choices,
            required=False,
            widget=forms.Select(attrs={"class": "bo-input bo-select", "aria-label": told}),
        )

    def lines(self) -> list[tuple[Any, Any, Any]]:
        """The bound fields of each condition, for the template."""
        return [
            (self[f"fact_{line}"], self[f"comparison_{line}"], self[f"value_{line}"])
            for line in LINES
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        conditions = []
        for line in LINES:
            name = values.get(f"fact_{line}")
            if not name:
                if (values.get(f"value_{line}") or "").strip():
                    self.add_error(f"fact_{line}", _("Choose what the value is of."))
                continue
            comparison = values.get(f"comparison_{line}") or str(Comparison.EQUALS)
            try:
                value = rule_words.value_of(
                    self.kind.by_name[name], values.get(f"value_{line}") or ""
                )
            except forms.ValidationError as error:
                self.add_error(f"value_{line}", error)
                continue
            conditions.append(Condition(name, Comparison(comparison), value))
        if not conditions and not self.errors:
            self.add_error("fact_1", _("A rule needs a condition."))
        values["conditions"] = tuple(conditions)
        return values

    def rule(self) -> Rule:
        values = self.cleaned_data
        return Rule(
            values["name"].strip(),
            values["conditions"],
            Outcome(values["outcome"]),
            values["sentence"].strip(),
        )


_COMPARISONS = [(str(comparison), words) for comparison, words in rule_words.COMPARISONS.items()]


def _first_upper(meaning: Any) -> str:
    text = str(meaning)
    return text[:1].upper() + text[1:]


class _OfVersion(ActionPage):
    """An action on one version, reached from its page."""

    def target(self, rule_version_id: int) -> Any:  # type: ignore[override]
        return selectors.access_version(rule_version_id)

    def back(self, target: Any) -> str:
        return self.url("rule_version", target.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        kind = kinds.get(target.kind)
        return [
            (_("Rule sets"), self.url("rule_sets")),
            (str(kind.title), self.url("rule_set", kind.name)),
            (_("Version %(number)s") % {"number": target.number}, self.back(target)),
        ]

    def must_be_draft(self, target: RuleVersion) -> str:
        return "" if target.is_writable else _("Only a draft is worked on.")


class BeginDraft(ActionPage):
    """Open a draft of what is in force."""

    form_class = StaffForm

    def target(self, rule_kind: str) -> Kind:  # type: ignore[override]
        return selectors.access_kind(rule_kind)

    def title(self, target: Kind) -> str:
        return _("Change the rules: %(kind)s") % {"kind": target.title}

    def confirm_label(self, target: Kind) -> str:
        return _("Begin a draft")

    def explanation(self, target: Kind) -> list[str]:
        return [
            _("The draft begins as a copy of the rules in force; these go on as they are."),
            _("Test it against what was recorded, then propose it: a second person puts it in "
              "force."),
        ]  # fmt: skip

    def perform(self, target: Kind, values: dict[str, Any]) -> str:
        self.made = actions.begin_draft(kind=target, acting_user=self.request.user)
        return _("Version %(number)s is open.") % {"number": self.made.number}

    def back(self, target: Kind) -> str:
        return self.url("rule_set", target.name)

    def after(self, target: Kind) -> str:
        return self.url("rule_version", self.made.pk)

    def crumbs(self, target: Kind) -> list[tuple[str, str]]:
        return [
            (_("Rule sets"), self.url("rule_sets")),
            (str(target.title), self.url("rule_set", target.name)),
        ]


class NewRule(_OfVersion):
    """A new rule of a draft."""

    form_class = RuleForm
    template = "rule_edit.html"

    def title(self, target: RuleVersion) -> str:
        return _("New rule")

    def confirm_label(self, target: RuleVersion) -> str:
        return _("Keep the rule")

    def obstacle(self, target: RuleVersion) -> str:
        return self.must_be_draft(target)

    def form(self, target: RuleVersion, data: Any = None, files: Any = None) -> Any:
        return RuleForm(data, initial=self.initial(target), kind=kinds.get(target.kind))

    def initial(self, target: RuleVersion) -> dict[str, Any]:
        kind = kinds.get(target.kind)
        return {
            "seen": selectors.digest_of(selectors.rules_of(target, kind)),
            "outcome": int(Outcome.ALERT),
        }

    def extra(self, target: RuleVersion, form: StaffForm) -> dict[str, Any]:
        kind = kinds.get(target.kind)
        return {
            "kind": kind,
            "units": [
                (_first_upper(fact.meaning), rule_words.UNITS[fact.unit]) for fact in kind.facts
            ],
        }

    def position(self) -> int:
        return 0

    def perform(self, target: RuleVersion, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, RuleForm)
        actions.write_rule(
            version=target,
            rule=self.sent.rule(),
            seen=values["seen"],
            position=self.position(),
            acting_user=self.request.user,
        )
        return _("The rule is in the draft. Test it before you propose it.")


class EditRule(NewRule):
    """Another wording of a rule of a draft."""

    def target(self, rule_version_id: int, rule_position: int) -> RuleVersion:  # type: ignore[override]
        version = selectors.access_version(rule_version_id)
        row = version.rules.filter(position=rule_position).first() if _fits(rule_position) else None
        if row is None:
            raise Http404
        self.row: RuleRow = row
        return version

    def position(self) -> int:
        return int(self.row.position)

    def title(self, target: RuleVersion) -> str:
        return _("Change “%(name)s”") % {"name": self.row.name}

    def initial(self, target: RuleVersion) -> dict[str, Any]:
        kind = kinds.get(target.kind)
        rule = self.row.as_rule()
        values = {
            **super().initial(target),
            "name": rule.name,
            "outcome": int(rule.outcome),
            "sentence": rule.sentence,
        }
        for line, each in enumerate(rule.conditions, 1):
            values[f"fact_{line}"] = each.fact
            values[f"comparison_{line}"] = str(each.comparison)
            values[f"value_{line}"] = rule_words.value_text(kind.by_name[each.fact], each.value)
        return values


class RemoveForm(StaffForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


class RemoveRule(EditRule):
    """Take a rule out of a draft."""

    form_class = RemoveForm
    template = "action.html"
    danger = True

    def title(self, target: RuleVersion) -> str:
        return _("Remove “%(name)s”") % {"name": self.row.name}

    def confirm_label(self, target: RuleVersion) -> str:
        return _("Remove it")

    def form(self, target: RuleVersion, data: Any = None, files: Any = None) -> Any:
        return RemoveForm(data, initial=NewRule.initial(self, target))

    def facts(self, target: RuleVersion) -> list[tuple[str, Any]]:
        rule = self.row.as_rule()
        return [
            (_("Rule"), rule_words.sentence(kinds.get(target.kind), rule)),
            (_("What follows"), rule_words.outcome(rule.outcome.name)),
        ]

    def extra(self, target: RuleVersion, form: StaffForm) -> dict[str, Any]:
        return {}

    def perform(self, target: RuleVersion, values: dict[str, Any]) -> str:
        actions.remove_rule(
            version=target,
            position=self.position(),
            seen=values["seen"],
            acting_user=self.request.user,
        )
        return _("The rule is out of the draft.")


class DaysForm(StaffForm):
    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        min_value=1,
        max_value=actions.MOST_DAYS,
        help_text=gettext_lazy("How far back; facts are kept as long as the firm's setting says."),
    )


class TestRules(_OfVersion):
    """Hold a draft against what was recorded."""

    __test__ = False  # no test, whatever its name says
    form_class = DaysForm

    def title(self, target: RuleVersion) -> str:
        return _("Test version %(number)s") % {"number": target.number}

    def confirm_label(self, target: RuleVersion) -> str:
        return _("Test it")

    def explanation(self, target: RuleVersion) -> list[str]:
        return [
            _("What was recorded is judged anew by this version and by the rules in force."),
            _("Nothing follows from it: nobody is refused, held or told."),
        ]

    def initial(self, target: RuleVersion) -> dict[str, Any]:
        return {"days": 30}

    def obstacle(self, target: RuleVersion) -> str:
        return self.must_be_draft(target)

    def perform(self, target: RuleVersion, values: dict[str, Any]) -> str:
        row = actions.test(version=target, days=values["days"], acting_user=self.request.user)
        return _("%(looked)s judged anew, %(differing)s would be decided otherwise.") % {
            "looked": row.test["looked"],
            "differing": row.test["differing"],
        }


class ProposeRules(_OfVersion):
    """Ask a second person to put a tested draft in force."""

    form_class = ReasonForm

    def title(self, target: RuleVersion) -> str:
        return _("Propose version %(number)s") % {"number": target.number}

    def confirm_label(self, target: RuleVersion) -> str:
        return _("Propose it")

    def explanation(self, target: RuleVersion) -> list[str]:
        return [
            _("Its rules cannot be changed any more unless you take it back."),
            _("Once a second person agrees, it is in force everywhere within seconds."),
        ]

    def facts(self, target: RuleVersion) -> list[tuple[str, Any]]:
        if not target.test:
            return []
        return [
            (_("Judged anew"), target.test["looked"]),
            (_("Decided otherwise"), target.test["differing"]),
        ]

    def perform(self, target: RuleVersion, values: dict[str, Any]) -> str:
        actions.propose(version=target, reason=values["reason"], acting_user=self.request.user)
        return _("It waits for a second person.")


class TakeBackRules(_OfVersion):
    """Take one's own proposal back."""

    form_class = ReasonForm

    def title(self, target: RuleVersion) -> str:
        return _("Take version %(number)s back") % {"number": target.number}

    def perform(self, target: RuleVersion, values: dict[str, Any]) -> str:
        actions.take_back(version=target, reason=values["reason"], acting_user=self.request.user)
        return _("It is a draft again.")


class DiscardRules(_OfVersion):
    """Give a draft up."""

    form_class = ReasonForm
    danger = True

    def title(self, target: RuleVersion) -> str:
        return _("Discard version %(number)s") % {"number": target.number}

    def obstacle(self, target: RuleVersion) -> str:
        return self.must_be_draft(target)

    def perform(self, target: RuleVersion, values: dict[str, Any]) -> str:
        actions.discard(version=target, reason=values["reason"], acting_user=self.request.user)
        return _("Discarded. The rules in force stay.")


class RollBackRules(_OfVersion):
    """Propose what was in force before."""

    form_class = ReasonForm

    def title(self, target: RuleVersion) -> str:
        return _("Bring version %(number)s back") % {"number": target.number}

    def confirm_label(self, target: RuleVersion) -> str:
        return _("Propose its rules")

    def explanation(self, target: RuleVersion) -> list[str]:
        return [
            _("Its rules become a new version, tested against the last 30 days, that waits for a "
              "second person."),
        ]  # fmt: skip

    def perform(self, target: RuleVersion, values: dict[str, Any]) -> str:
        self.made = actions.roll_back(
            version=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("Version %(number)s waits for a second person.") % {"number": self.made.number}

    def after(self, target: RuleVersion) -> str:
        return self.url("rule_version", self.made.pk)


def _fits(position: int) -> bool:
    return 0 < position < 2**31


_VERSION = "rules/versions/<int:rule_version_id>"

PAGES = (
    pages.Page(
        "rules/sets/<slug:rule_kind>/draft/",
        "begin_rule_draft",
        BeginDraft.as_view(),
        "rules.edit",
    ),
    pages.Page(f"{_VERSION}/rules/new/", "new_rule", NewRule.as_view(), "rules.edit"),
    pages.Page(
        f"{_VERSION}/rules/<int:rule_position>/", "edit_rule", EditRule.as_view(), "rules.edit"
    ),
    pages.Page(
        f"{_VERSION}/rules/<int:rule_position>/remove/",
        "remove_rule",
        RemoveRule.as_view(),
        "rules.edit",
    ),
    pages.Page(f"{_VERSION}/test/", "test_rules", TestRules.as_view(), "rules.edit"),
    pages.Page(f"{_VERSION}/propose/", "propose_rules", ProposeRules.as_view(), "rules.edit"),
    pages.Page(f"{_VERSION}/take-back/", "take_back_rules", TakeBackRules.as_view(), "rules.edit"),
    pages.Page(f"{_VERSION}/discard/", "discard_rules", DiscardRules.as_view(), "rules.edit"),
    pages.Page(f"{_VERSION}/roll-back/", "roll_back_rules", RollBackRules.as_view(), "rules.edit"),
)
