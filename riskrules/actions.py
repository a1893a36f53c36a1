"""Every write of rules: drafted, tested, proposed by one person, put in force by another."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import roles
from riskrules import history, kinds, selectors
from riskrules.errors import RulesError
from riskrules.kinds import Kind
from riskrules.models import Alert, RuleRow, RuleVersion, VersionState
from riskrules.rulesets import INT64, Rule

MOST_RULES = 60
MOST_CONDITIONS = 6
MOST_DAYS = 730
MIN_REASON_CHARACTERS = 5


def furnish(kind: Kind, *, acting_user: Any) -> RuleVersion:
    """Write what is declared as a new firm's first version, in force at once; what is there stays.

    For onboarding: the firm's people change it by the usual steps.
    """
    with transaction.atomic():
        known = selectors.live_version(kind)
        if known is not None:
            return known
        row = _create(kind, kind.defaults, based_on=0, acting_user=None)
        row.state, row.live_from = VersionState.LIVE, timezone.now()
        row.save()
        audit.record(
            "rules.furnish", row, new={"rules": len(kind.defaults)}, acting_user=acting_user
        )
    return row


def begin_draft(*, kind: Kind, acting_user: Any) -> RuleVersion:
    """A draft of what is in force; the one that is open already, if there is one."""
    _require(acting_user, "rules.edit")
    known = selectors.open_version(kind)
    if known is not None:
        return known
    live = selectors.live_version(kind)
    try:
        with transaction.atomic():
            row = _create(
                kind,
                selectors.rules_of(live, kind),
                based_on=live.number if live else 0,
                acting_user=acting_user,
            )
            audit.record(
                "rules.begin_draft",
                row,
                new={"kind": kind.name, "number": row.number, "based_on": row.based_on},
                acting_user=acting_user,
            )
    except IntegrityError as error:
        raise RulesError(_("A colleague has just begun a draft: open it.")) from error
    return row


def write_rule(
    *, version: RuleVersion, rule: Rule, seen: str, acting_user: Any, position: int = 0
) -> RuleVersion:
    """Put a rule into a draft, in the place of the one at `position` (0: as a new one).

    `seen` is the digest of the rules that the writer saw: if a colleague changed them since,
    nothing is written. What was tested has to be tested again. Raises RulesError.
    """
    kind = kinds.get(version.kind)
    check_rule(kind, rule)

    def change(row: RuleVersion) -> tuple[Any, Any]:
        rules = selectors.rules_of(row, kind)
        _check_seen(rules, seen)
        old = row.rules.filter(position=position).first() if position else None
        if position and old is None:
            raise RulesError(_("This rule is not there any more."))
        others = [each.name for each in rules if old is None or each.name != old.name]
        if rule.name in others or rule.name in {each.name for each in kind.floor}:
            raise RulesError(_("There is a rule of this name already."), "name")
        if old is None and len(rules) >= MOST_RULES:
            raise RulesError(_("A rule set holds at most %(count)s rules.") % {"count": MOST_RULES})
        before = _told(old.as_rule()) if old is not None else None
        if old is not None:
            old.delete()
        _write_row(row, position or _next_position(row), rule)
        return before, _told(rule)

    return _change_draft(version, change, "rules.write_rule", acting_user)


def remove_rule(*, version: RuleVersion, position: int, seen: str, acting_user: Any) -> RuleVersion:
    """Take a rule out of a draft. Raises RulesError."""
    kind = kinds.get(version.kind)

    def change(row: RuleVersion) -> tuple[Any, Any]:
        _check_seen(selectors.rules_of(row, kind), seen)
        old = row.rules.filter(position=position).first()
        if old is None:
            raise RulesError(_("This rule is not there any more."))
        before = _told(old.as_rule())
        old.delete()
        return before, None

    return _change_draft(version, change, "rules.remove_rule", acting_user)


def discard(*, version: RuleVersion, acting_user: Any, reason: str) -> RuleVersion:
    """Give a draft up; what is in force stays."""
    _require(acting_user, "rules.edit")
    with transaction.atomic():
        row = _locked(version)
        if not row.is_writable:
            raise RulesError(_("Only a draft is discarded."))
        return _move(row, VersionState.DISCARDED, "rules.discard", acting_user, reason)


def test(*, version: RuleVersion, days: int, acting_user: Any) -> RuleVersion:
    """Hold a draft against the facts of the last `days`; it can be proposed then."""
    _require(acting_user, "rules.edit")
    if not 1 <= days <= MOST_DAYS:
        raise RulesError(_("Test it against 1 to %(days)s days.") % {"days": MOST_DAYS}, "days")
    with transaction.atomic():
        row = _locked(version)
        if not row.is_writable:
            raise RulesError(_("Only a draft is tested."))
        now = timezone.now()
        row.test = history.run(row, kinds.get(row.kind), days=days, now=now)
        row.tested_by, row.tested_at = acting_user, now
        return _move(row, VersionState.TESTED, "rules.test", acting_user, "")


def propose(*, version: RuleVersion, reason: str, acting_user: Any) -> RuleVersion:
    """Ask a second person to put a tested draft in force. Raises RulesError."""
    _require(acting_user, "rules.edit")
    reason = _reason_of(reason)
    with transaction.atomic():
        row = _locked(version)
        if row.state != VersionState.TESTED:
            raise RulesError(_("Test it first: what it would have done has to be known."))
        if selectors.digest_of(selectors.rules_of(row, kinds.get(row.kind))) != row.test["digest"]:
            raise RulesError(_("It was changed since it was tested: test it again."))
        row.proposed_by, row.proposed_at, row.reason = acting_user, timezone.now(), reason
        return _move(row, VersionState.PROPOSED, "rules.propose", acting_user, reason)


def take_back(*, version: RuleVersion, reason: str, acting_user: Any) -> RuleVersion:
    """Who proposed it takes it back to work on it. Raises RulesError, PermissionDenied."""
    _require(acting_user, "rules.edit")
    with transaction.atomic():
        row = _locked(version)
        if row.state != VersionState.PROPOSED:
            raise RulesError(_("It does not wait for anybody."))
        if row.proposed_by_id != acting_user.pk:
            raise PermissionDenied(_("Only who proposed it takes it back. You can refuse it."))
        return _back_to_draft(row, "rules.take_back", acting_user, reason)


def activate(*, version: RuleVersion, reason: str, acting_user: Any) -> RuleVersion:
    """The second person puts a version in force, in the place of the one that was.

    By the same person again it changes nothing. Raises RulesError, PermissionDenied.
    """
    _require(acting_user, "rules.approve")
    with transaction.atomic():
        row = _locked(version)
        if row.state == VersionState.LIVE and row.decided_by_id == acting_user.pk:
            return row
        _check_decision(row, acting_user)
        kind = kinds.get(row.kind)
        kind.rule_set(row.number, selectors.rules_of(row, kind))  # what cannot be judged stays out
        now = timezone.now()
        live = selectors.live_version(kind)
        if live is not None:
            live = _locked(live)
            live.state, live.live_until = VersionState.RETIRED, now
            live.save()
        row.decided_by, row.decided_at = acting_user, now
        row.decision_reason, row.live_from = reason.strip()[:500], now
        return _move(
            row,
            VersionState.LIVE,
            "rules.activate",
            acting_user,
            reason,
            instead_of=live.number if live else 0,
        )


def refuse(*, version: RuleVersion, reason: str, acting_user: Any) -> RuleVersion:
    """The second person sends a proposal back to be worked on.

    Raises RulesError, PermissionDenied.
    """
    _require(acting_user, "rules.approve")
    reason = _reason_of(reason)
    with transaction.atomic():
        row = _locked(version)
        _check_decision(row, acting_user)
        return _back_to_draft(row, "rules.refuse", acting_user, reason)


def roll_back(*, version: RuleVersion, reason: str, acting_user: Any) -> RuleVersion:
    """Propose the rules of a version that was in force before, as a new version.

    Raises RulesError while another version is open.
    """
    _require(acting_user, "rules.edit")
    reason = _reason_of(reason)
    kind = kinds.get(version.kind)
    with transaction.atomic():
        old = _locked(version)
        if old.state != VersionState.RETIRED:
            raise RulesError(_("Only what was in force before can come back."))
        if selectors.open_version(kind) is not None:
            raise RulesError(_("Another version is open: finish or discard it first."))
        row = _create(
            kind, selectors.rules_of(old, kind), based_on=old.number, acting_user=acting_user
        )
        now = timezone.now()
        row.test = history.run(row, kind, days=30, now=now)
        row.tested_by, row.tested_at = acting_user, now
        row.proposed_by, row.proposed_at, row.reason = acting_user, now, reason
        return _move(row, VersionState.PROPOSED, "rules.roll_back", acting_user, reason)


def see_to(*, alert: Alert, note: str, acting_user: Any) -> Alert:
    """Somebody looked at an alert and says what came of it; again changes nothing."""
    _require(acting_user, "rules.edit")
    note = _reason_of(note)
    with transaction.atomic():
        row = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
        if row.seen_at is not None:
            return row
        row.seen_by, row.seen_at, row.note = acting_user, timezone.now(), note
        row.save(update_fields=["seen_by", "seen_at", "note"])
        audit.record(
            "rules.see_to_alert",
            row,
            new={"kind": row.kind, "rule": row.rule, "count": row.count},
            acting_user=acting_user,
            reason=note,
        )
    return row


def check_rule(kind: Kind, rule: Rule) -> None:
    """Raise RulesError for a rule that this kind cannot have."""
    if not rule.name.strip() or len(rule.name) > 60:
        raise RulesError(_("Give the rule a short name."), "name")
    if not rule.sentence.strip() or len(rule.sentence) > 300:
        raise RulesError(_("Write the sentence that tells why."), "sentence")
    if rule.outcome not in kind.outcomes:
        raise RulesError(_("This cannot follow here."), "outcome")
    if not 1 <= len(rule.conditions) <= MOST_CONDITIONS:
        raise RulesError(f"A rule has one to {MOST_CONDITIONS} conditions.")
    for condition in rule.conditions:
        if condition.fact not in kind.by_name:
            raise RulesError(_("Choose a fact of this rule set."))
        if type(condition.value) is not int or not -INT64 <= condition.value < INT64:
            raise RulesError(_("The number is too large."))


def _change_draft(
    version: RuleVersion,
    change: Callable[[RuleVersion], tuple[Any, Any]],
    action: str,
    acting_user: Any,
) -> RuleVersion:
    _require(acting_user, "rules.edit")
    with transaction.atomic():
        row = _locked(version)
        if not row.is_writable:
            raise RulesError(_("Only a draft is changed."))
        old, new = change(row)
        row.state, row.test = VersionState.DRAFT, {}
        row.tested_by = row.tested_at = None
        row.save()
        audit.record(action, row, old=old, new=new, acting_user=acting_user)
    return row


def _check_seen(rules: tuple[Rule, ...], seen: str) -> None:
    if selectors.digest_of(rules) != seen:
        raise RulesError(_("A colleague has changed this draft: open it again and compare."))


def _check_decision(row: RuleVersion, acting_user: Any) -> None:
    if row.state != VersionState.PROPOSED:
        raise RulesError(_("It does not wait for a decision any more."))
    if row.proposed_by_id == acting_user.pk:
        raise PermissionDenied(_("A second person has to decide what you asked for."))


def _back_to_draft(row: RuleVersion, action: str, acting_user: Any, reason: str) -> RuleVersion:
    row.proposed_by = row.proposed_at = None
    row.reason = ""
    return _move(row, VersionState.TESTED, action, acting_user, reason)


def _move(
    row: RuleVersion,
    state: VersionState,
    action: str,
    acting_user: Any,
    reason: str,
    **told: Any,
) -> RuleVersion:
    old, row.state = row.state, state
    row.save()
    audit.record(
        action,
        row,
        old={"state": str(old)},
        new={"state": str(state), "kind": row.kind, "number": row.number, **told},
        acting_user=acting_user,
        reason=reason.strip(),
    )
    return row


def _create(kind: Kind, rules: tuple[Rule, ...], *, based_on: int, acting_user: Any) -> RuleVersion:
    last = RuleVersion.objects.filter(kind=kind.name).aggregate(last=Max("number"))["last"] or 0
    row = RuleVersion.objects.create(
        kind=kind.name, number=last + 1, based_on=based_on, created_by=acting_user
    )
    for position, rule in enumerate(rules, 1):
        _write_row(row, position, rule)
    return row


def _write_row(version: RuleVersion, position: int, rule: Rule) -> None:
    RuleRow.objects.create(
        version=version,
        position=position,
        name=rule.name.strip(),
        conditions=[[c.fact, str(c.comparison), c.value] for c in rule.conditions],
        outcome=int(rule.outcome),
        sentence=rule.sentence.strip(),
    )


def _next_position(row: RuleVersion) -> int:
    return (row.rules.aggregate(last=Max("position"))["last"] or 0) + 1


def _told(rule: Rule) -> dict[str, Any]:
    """A rule for the audit trail."""
    return {
        "rule": rule.name,
        "conditions": [[c.fact, str(c.comparison), c.value] for c in rule.conditions],
        "outcome": rule.outcome.name,
        "sentence": rule.sentence,
    }


def _reason_of(text: str) -> str:
    reason = text.strip()
    if len(reason) < MIN_REASON_CHARACTERS:
        raise RulesError(_("Say why, in a few words the auditor will understand."), "reason")
    return reason[:500]


def _require(acting_user: Any, capability: str) -> None:
    """Rules are the firm's own: the platform and the system do not write them."""
    if (
        acting_user is None
        or acting_user.is_operator
        or acting_user.home_schema != connection.schema_name
    ):
        raise PermissionDenied(_("Only the firm's own staff work on its rules."))
    roles.require(acting_user, capability)


def _locked(version: RuleVersion) -> RuleVersion:
    return RuleVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
