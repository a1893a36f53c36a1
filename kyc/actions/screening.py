"""Writes of screening: running it, keeping what came near, deciding about it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto
from kyc import findings, sealed, selectors
from kyc.actions import rights
from kyc.actions.guards import reason_of, require_staff
from kyc.errors import KycError
from kyc.models import (
    CaseState,
    Hit,
    HitState,
    KycCase,
    KycProfile,
    ListEntry,
    ListKind,
    Screening,
    WatchList,
)
from kyc.screening import index
from kyc.screening.matching import Match
from kyc.subjects import Subject, subjects_of
from tenants import registry


def screen_case(*, case: KycCase, cause: str, acting_user: Any) -> Screening:
    """Screen everybody a case names; call it in the transaction that changes the case."""
    form = selectors.definition_of(case.form)
    found = subjects_of(form, selectors.answers_of(case))
    return _screen(user=case.user, subjects=found, cause=cause, acting_user=acting_user)


def screen_customer(*, user: Any, cause: str, acting_user: Any) -> Screening | None:
    """Screen a customer by his newest answers; None if he never gave any."""
    case = selectors.cases().filter(user_id=user.pk).exclude(answers=b"").order_by("-id").first()
    with transaction.atomic():
        KycProfile.objects.filter(user_id=user.pk).update(screen_due_at=None)
        if case is None:
            return None
        return screen_case(case=case, cause=cause, acting_user=acting_user)


def _screen(*, user: Any, subjects: list[Subject], cause: str, acting_user: Any) -> Screening:
    threshold_bp = registry.get("kyc.screening_threshold") * 100
    near: dict[str, tuple[WatchList, Subject, Match]] = {}
    versions = {}
    lists = [each for each in selectors.watch_lists() if each.current is not None]
    for watch_list in lists:
        assert watch_list.current is not None
        versions[watch_list.code] = watch_list.current.number
        names = index.of(watch_list)
        for subject in subjects:
            kinds = frozenset({"company"} if subject.is_company else {"person"})
            for match in names.find(subject.name, kinds=kinds, threshold_bp=threshold_bp):
                fingerprint = _fingerprint(watch_list, subject, match)
                if fingerprint not in near or near[fingerprint][2].score_bp < match.score_bp:
                    near[fingerprint] = (watch_list, subject, match)
    with transaction.atomic():
        known = {hit.fingerprint: hit for hit in Hit.objects.filter(user_id=user.pk)}
        fresh = [_hit(user, key, *near[key]) for key in near.keys() - known.keys()]
        Hit.objects.bulk_create(fresh)
        _settle(known, set(near))
        screening = Screening.objects.create(
            user=user,
            cause=cause,
            versions=versions,
            threshold_bp=threshold_bp,
            names_count=len(subjects),
            hits_count=len(near),
            new_hits=len(fresh),
        )
        audit.record(
            "kyc.screen",
            user,
            new={"cause": cause, "lists": versions, "hits": len(near), "new_hits": len(fresh)},
            acting_user=acting_user,
        )
    return screening


def _settle(known: dict[str, Hit], near: set[str]) -> None:
    """Undecided hits that are no longer near are gone; those that came back are open again."""
    gone = [hit.pk for key, hit in known.items() if key not in near and hit.state == HitState.OPEN]
    back = [hit.pk for key, hit in known.items() if key in near and hit.state == HitState.GONE]
    Hit.objects.filter(pk__in=gone).update(state=HitState.GONE)
    Hit.objects.filter(pk__in=back).update(state=HitState.OPEN)


def _fingerprint(watch_list: WatchList, subject: Subject, match: Match) -> str:
    """One for each pair of names: the customer's as he writes it, and the listed one."""
    name = " ".join(subject.name.casefold().split())
    listed = f"{watch_list.code}/{match.listed.external_id}/{match.listed.name}"
    pair = f"{listed}/{subject.role}/{name}"
    return crypto.keyed_hash(pair, purpose="kyc.hit")


def _hit(user: Any, fingerprint: str, watch_list: WatchList, subject: Subject, match: Match) -> Hit:
    entry = ListEntry.objects.get(pk=match.listed.entry_id)
    return Hit(
        user=user,
        list_code=watch_list.code,
        list_kind=watch_list.kind,
        external_id=entry.external_id,
        entry_name=entry.name,
        program=entry.program,
        role=subject.role,
        score_bp=match.score_bp,
        why=sealed.seal({"asked": subject.name, **match.as_json()}),
        fingerprint=fingerprint,
    )


def decide_hit(*, hit: Hit, is_same: bool, reason: str, acting_user: Any) -> Hit:
    """Say whether a hit is the customer. The same person on a sanctions list is held back at once.

    A decision may be changed, with a new reason. Raises KycError, PermissionDenied.
    """
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    wanted = HitState.TRUE if is_same else HitState.FALSE
    with transaction.atomic():
        hit = Hit.objects.select_for_update().select_related("user").get(pk=hit.pk)
        if hit.state == HitState.GONE:
            raise KycError(_("This name is no longer near: there is nothing to decide."))
        before = hit.state
        if before == wanted:
            return hit
        hit.state = wanted
        hit.decided_by, hit.decided_at, hit.reason = acting_user, timezone.now(), reason
        hit.save()
        audit.record(
            "kyc.decide_hit",
            hit,
            old={"state": before},
            new={"state": wanted.value, "list": hit.list_code, "entry": hit.external_id},
            acting_user=acting_user,
            reason=reason,
        )
        _judge_again(hit.user)
        if is_same and hit.list_kind == ListKind.SANCTIONS:
            rights.hold_for_hit(user=hit.user, acting_user=acting_user, reason=reason)
    return hit


def _judge_again(user: Any) -> None:
    """A name decided about changes what an open case is worth looking at for."""
    waiting = (CaseState.SUBMITTED, CaseState.IN_REVIEW)
    case = KycCase.objects.select_for_update().filter(user_id=user.pk, state__in=waiting).first()
    if case is not None:
        findings.judge(case, timezone.now().date())
        case.save(update_fields=["found", "risk", "risk_points"])
