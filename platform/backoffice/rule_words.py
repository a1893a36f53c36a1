"""Rules in words: conditions, outcomes, values as people read and write them."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells
from money.units import MoneyError, format_units, parse_units
from riskrules.kinds import Kind
from riskrules.rulesets import MOST, Comparison, Condition, Fact, Outcome, Rule, Unit
from trading.instruments.models import Instrument

OUTCOMES: dict[Outcome, Any] = {
    Outcome.ALLOW: gettext_lazy("Note it, and go on"),
    Outcome.ALERT: gettext_lazy("Go on, and raise an alert"),
    Outcome.HOLD: gettext_lazy("Hold it for review"),
    Outcome.DENY: gettext_lazy("Refuse it, with the sentence"),
    Outcome.RESTRICT: gettext_lazy("Refuse it, raise an alert, make the accounts cancel-only"),
}
SHORT: dict[str, Any] = {
    "ALLOW": gettext_lazy("noted"),
    "ALERT": gettext_lazy("alert"),
    "HOLD": gettext_lazy("held"),
    "DENY": gettext_lazy("refused"),
    "RESTRICT": gettext_lazy("restricted"),
}
_TONES = {"ALLOW": "plain", "ALERT": "warn", "HOLD": "warn", "DENY": "bad", "RESTRICT": "bad"}
COMPARISONS: dict[Comparison, Any] = {
    Comparison.ABOVE: gettext_lazy("is above"),
    Comparison.AT_LEAST: gettext_lazy("is at least"),
    Comparison.BELOW: gettext_lazy("is below"),
    Comparison.AT_MOST: gettext_lazy("is at most"),
    Comparison.EQUALS: gettext_lazy("is"),
    Comparison.DIFFERS: gettext_lazy("is not"),
}
UNITS: dict[Unit, Any] = {
    Unit.FLAG: gettext_lazy("yes or no"),
    Unit.COUNT: gettext_lazy("a whole number"),
    Unit.AMOUNT: gettext_lazy("an amount, two decimal places"),
    Unit.PERCENT: gettext_lazy("percent, two decimal places"),
    Unit.MINUTES: gettext_lazy("minutes"),
    Unit.HOURS: gettext_lazy("hours"),
    Unit.INSTRUMENT: gettext_lazy("a symbol"),
    Unit.ACCOUNT: gettext_lazy("an account's number"),
}


def outcome(name: str) -> SafeString:
    """What follows, as a badge."""
    return cells.badge(str(SHORT[name]), _TONES[name])


def outcome_of(decision: str) -> SafeString:
    """What came of a judgement: allowed where no rule said anything graver."""
    if decision == "ALLOW":
        return cells.badge(_("allowed"), "good")
    return outcome(decision)


def value_text(fact: Fact, value: int) -> str:
    """A value as it is written in the editor."""
    if fact.unit == Unit.FLAG:
        return _("yes") if value else _("no")
    if fact.unit == Unit.INSTRUMENT:
        row = Instrument.objects.filter(pk=value).first()
        return row.symbol if row is not None else str(value)
    return format_units(value, fact.scale, fact.scale)


def value_words(fact: Fact, value: int) -> str:
    """A value with its unit, to be read."""
    if value == MOST and fact.unit in (Unit.HOURS, Unit.MINUTES):
        return _("never")
    text = value_text(fact, value)
    if fact.unit in (Unit.FLAG, Unit.INSTRUMENT, Unit.ACCOUNT):
        return text
    text = cells.grouped(text)
    if fact.unit == Unit.HOURS:
        return _("%(value)s h") % {"value": text}
    if fact.unit == Unit.MINUTES:
        return _("%(value)s min") % {"value": text}
    return f"{text} %" if fact.unit == Unit.PERCENT else text


def value_of(fact: Fact, text: str) -> int:
    """The integer that typed text stands for; a form error where it is none."""
    text = text.strip()
    if fact.unit == Unit.FLAG:
        # As `value_text` writes it in the language of the page, and in English.
        known = {"yes": 1, "1": 1, "no": 0, "0": 0, _("yes").lower(): 1, _("no").lower(): 0}
        if text.lower() not in known:
            raise forms.ValidationError(_("Write yes or no."))
        return known[text.lower()]
    if fact.unit == Unit.INSTRUMENT:
        row = Instrument.objects.filter(symbol__iexact=text[:40]).first()
        if row is None:
            raise forms.ValidationError(_("There is no such instrument."))
        return int(row.pk)
    try:
        value = parse_units(text.removesuffix("%").strip(), fact.scale)
    except MoneyError as error:
        raise forms.ValidationError(str(error)) from error
    if not -MOST <= value <= MOST:
        raise forms.ValidationError(_("The number is too large."))
    return value


def condition(kind: Kind, each: Condition) -> str:
    """One condition as half a sentence."""
    fact = kind.by_name[each.fact]
    if (
        fact.unit == Unit.FLAG
        and each.value in (0, 1)
        and each.comparison
        in (
            Comparison.EQUALS,
            Comparison.DIFFERS,
        )
    ):
        holds = (each.value == 1) == (each.comparison == Comparison.EQUALS)
        return str(fact.meaning) if holds else _("not: %(meaning)s") % {"meaning": fact.meaning}
    return f"{fact.meaning} {COMPARISONS[each.comparison]} {value_words(fact, each.value)}"


def sentence(kind: Kind, rule: Rule) -> SafeString:
    """When a rule fires: all of its conditions."""
    parts = [(condition(kind, each),) for each in rule.conditions]
    joined = format_html_join(
        format_html(' <strong class="bo-and">{}</strong> ', _("and")), "<span>{}</span>", parts
    )
    return format_html("{} {}", _("If"), joined)


def plain(kind: Kind, rule: Rule) -> str:
    """A rule in one line of text, for comparing versions."""
    told = f" {_('and')} ".join(condition(kind, each) for each in rule.conditions)
    return _("If %(conditions)s: %(outcome)s. “%(sentence)s”") % {
        "conditions": told,
        "outcome": SHORT[rule.outcome.name],
        "sentence": rule.sentence,
    }


def facts_told(kind: Kind, facts: dict[str, int]) -> list[tuple[str, str]]:
    """Recorded facts, one by one; those that are no facts any more by their name."""
    return [
        (
            str(kind.by_name[name].meaning) if name in kind.by_name else name,
            value_words(kind.by_name[name], value) if name in kind.by_name else str(value),
        )
        for name, value in facts.items()
    ]


def differences(
    kind: Kind, before: tuple[Rule, ...], after: tuple[Rule, ...]
) -> list[tuple[str, str, str]]:
    """(name, before, after) of each rule that is another, by name; "" where there is none."""
    old = {rule.name: rule for rule in before}
    new = {rule.name: rule for rule in after}
    names = [*old, *(name for name in new if name not in old)]
    return [
        (
            name,
            plain(kind, old[name]) if name in old else "",
            plain(kind, new[name]) if name in new else "",
        )
        for name in names
        if old.get(name) != new.get(name)
    ]
