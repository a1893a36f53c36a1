"""Reads of KYC, and the guards that every look at a customer's data goes through."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case as SqlCase
from django.db.models import F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Least, TruncDate
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import User
from kyc import definition, sealed
from kyc.errors import KycError
from kyc.models import (
    AGAINST,
    OPEN_STATES,
    CaseState,
    CheckProvider,
    CheckState,
    Document,
    FormVersion,
    Hit,
    HitState,
    IdentityKey,
    KycCase,
    KycProfile,
    ListKind,
    ProviderCheck,
    Risk,
    SubjectKind,
    Tier,
    WatchList,
)
from trading.instruments.models import Asset


@dataclass(frozen=True)
class Allowance:
    """What a customer may do now. Limits in units of ``asset``; None: no limit.

    A customer held back by compliance, or whose verification ran out, may deposit and withdraw
    nothing; ``reason`` then says why, for him to read.
    """

    tier_number: int
    tier_name: str
    products: frozenset[str]
    may_deposit: bool
    asset: Asset | None
    withdraw_day_units: int | None
    withdraw_month_units: int | None
    is_restricted: bool = False
    expires_at: datetime | None = None
    reason: str = ""

    def may_trade(self, product: str) -> bool:
        return product in self.products


_NOTHING = Allowance(0, "", frozenset({"spot"}), False, None, 0, 0)


def allowance(customer: User, language: str = "en", *, now: datetime | None = None) -> Allowance:
    """What a customer may do, by his tier and his standing; one query, two at most.

    Without tiers (a firm that was never furnished) he may trade and move no money.
    """
    profile = KycProfile.objects.select_related("tier__asset").filter(user_id=customer.pk).first()
    tier = profile.tier if profile else first_tier_or_none()
    if tier is None:
        return _NOTHING
    expires_at = profile.expires_at if profile else None
    if profile is not None and profile.is_restricted:
        return Allowance(
            tier.number, tier.name(language), frozenset(), False, tier.asset, 0, 0,
            is_restricted=True, expires_at=expires_at, reason="held_back",
        )  # fmt: skip
    if expires_at is not None and expires_at <= (now or timezone.now()):
        return Allowance(
            tier.number, tier.name(language), frozenset(tier.products), False, tier.asset, 0, 0,
            expires_at=expires_at, reason="expired",
        )  # fmt: skip
    return Allowance(
        tier.number, tier.name(language), frozenset(tier.products), tier.may_deposit, tier.asset,
        _whole(tier.withdraw_day_units), _whole(tier.withdraw_month_units), expires_at=expires_at,
    )  # fmt: skip


def _whole(units: Any) -> int | None:
    return None if units is None else int(units)


def tiers() -> QuerySet[Tier]:
    return Tier.objects.select_related("asset").order_by("number")


def first_tier_or_none() -> Tier | None:
    return tiers().first()


def first_tier() -> Tier:
    """Where everybody begins; raises KycError in a firm without tiers."""
    tier = first_tier_or_none()
    if tier is None:
        raise KycError(_("This firm has no tiers yet."))
    return tier


def profile_of(user: User) -> KycProfile | None:
    return KycProfile.objects.select_related("tier__asset").filter(user_id=user.pk).first()


def latest_form(code: str) -> FormVersion | None:
    """The version of a form that new cases are begun with."""
    return FormVersion.objects.filter(code=code).order_by("-version").first()


def definition_of(form: FormVersion) -> definition.Definition:
    return definition.read(form.definition)


def next_tiers(user: User, kind: str) -> list[Tier]:
    """Tiers above the customer's that ask his kind for something, the nearest first."""
    profile = profile_of(user)
    number = profile.tier.number if profile else 0
    return [tier for tier in tiers().filter(number__gt=number) if tier.form_code(kind)]


def cases() -> QuerySet[KycCase]:
    return KycCase.objects.select_related("user", "tier", "form", "assigned_to", "proposed_by")


def open_case_of(user: User) -> KycCase | None:
    """The case a customer is in the middle of."""
    return cases().filter(user_id=user.pk, state__in=OPEN_STATES).first()


def last_case_of(user: User) -> KycCase | None:
    return cases().filter(user_id=user.pk).order_by("-id").first()


def access_own_case(user: User, case_id: int) -> KycCase:
    """A customer's own case; Http404 for another's and for none."""
    case = cases().filter(pk=case_id, user_id=user.pk).first()
    if case is None or user.is_staff:
        raise Http404
    return case


def access_case(acting_user: User, case_id: int) -> KycCase:
    """A case for staff who may see that it is there (`kyc.view`); Http404 otherwise."""
    case = cases().exclude(state=CaseState.DRAFT).filter(pk=case_id).first()
    if case is None or not acting_user.can("kyc.view"):
        raise Http404
    return case


def access_document(acting_user: User, document_id: int) -> Document:
    """A document for staff who may see personal data; Http404 otherwise."""
    if not acting_user.can("kyc.documents"):
        raise Http404
    found = Document.objects.select_related("case").filter(pk=document_id).first()
    if found is None or found.erased_at is not None or not found.folder:
        raise Http404
    return found


def answers_of(case: KycCase) -> dict[str, Any]:
    """What was answered, decrypted. Call it only behind a guard."""
    found: dict[str, Any] = sealed.unseal(case.answers, {})
    return found


def documents_of(case: KycCase) -> QuerySet[Document]:
    """The documents that count: none that was replaced or erased."""
    return case.documents.filter(replaced_at__isnull=True, erased_at__isnull=True)


def providers() -> QuerySet[CheckProvider]:
    return CheckProvider.objects.all()


def active_provider(code: str) -> CheckProvider:
    """The provider at whose door a message came; Http404 for one that is not used."""
    row = CheckProvider.objects.filter(code=code, is_active=True).first()
    if row is None:
        raise Http404
    return row


def checkers_of(case: KycCase) -> list[str]:
    """Names of the providers to whom a person's data goes once his case is sent."""
    if case.kind != SubjectKind.PERSON:
        return []
    rows = CheckProvider.objects.filter(is_active=True, from_tier__lte=case.tier.number)
    return list(rows.values_list("title", flat=True))


def checks_of(case: KycCase) -> QuerySet[ProviderCheck]:
    """The checks that count for a case as it was sent last."""
    return case.checks.filter(is_current=True).select_related("provider")


def due_checks(now: datetime) -> list[int]:
    """Checks to be sent or asked about, the longest due first."""
    due = ProviderCheck.objects.filter(next_at__lte=now).order_by("next_at")
    return list(due.values_list("pk", flat=True)[:20])


def waiting_for_second() -> QuerySet[KycCase]:
    """Cases that one person would approve, the longest waiting first."""
    return cases().filter(state=CaseState.SECOND).order_by("proposed_at", "pk")


def escalated_and_free() -> QuerySet[KycCase]:
    """Cases that somebody escalated and nobody has taken."""
    return (
        queue()
        .filter(escalated_at__isnull=False, assigned_to__isnull=True)
        .exclude(state=CaseState.SECOND)
    )


def running_out(now: datetime, days: int) -> QuerySet[KycProfile]:
    """Customers whose verification or document ends within so many days, or has ended."""
    soon = now + timedelta(days=days)
    return (
        KycProfile.objects.filter(tier__number__gt=0, erased_at__isnull=True, user__is_active=True)
        .filter(Q(expires_at__lte=soon) | Q(document_expires_on__lte=soon.date()))
        .annotate(ends_on=Least(TruncDate("expires_at"), "document_expires_on"))
        .select_related("user", "tier")
        .order_by("ends_on", "pk")
    )


def doubtful_checks(now: datetime) -> QuerySet[ProviderCheck]:
    """Checks of open cases without a result that somebody should see to."""
    since = now - timedelta(minutes=2)
    stuck = Q(state=CheckState.REFUSED) | Q(state=CheckState.UNKNOWN, sent_at__lt=since)
    return ProviderCheck.objects.filter(
        stuck, is_current=True, case__state__in=OPEN_STATES
    ).select_related("case", "provider")


def late_checks() -> QuerySet[ProviderCheck]:
    """Checks that spoke against a customer after his case was approved, seen by nobody."""
    return ProviderCheck.objects.filter(
        state__in=AGAINST,
        looked_at__isnull=True,
        case__state=CaseState.APPROVED,
        told_at__gt=F("case__decided_at"),
    ).select_related("case", "provider")


def access_check(acting_user: User, check_id: int) -> ProviderCheck:
    """A check for staff who may see personal data; Http404 otherwise."""
    if not acting_user.can("kyc.documents"):
        raise Http404
    rows = ProviderCheck.objects.select_related("case__user", "case__tier", "provider")
    found = rows.filter(pk=check_id).first()
    if found is None:
        raise Http404
    return found


def queue() -> QuerySet[KycCase]:
    """Cases that wait for staff: high risk first, then what is due first."""
    rank = SqlCase(
        When(risk=Risk.HIGH, then=Value(0)),
        When(risk=Risk.MEDIUM, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    waiting = (CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.SECOND)
    return cases().filter(state__in=waiting).annotate(rank=rank).order_by("rank", "due_at", "id")


def all_by_urgency() -> QuerySet[KycCase]:
    """Every case that was ever sent: what waits for staff first, as in `queue`."""
    waiting = (CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.SECOND)
    return (
        cases()
        .exclude(submitted_at__isnull=True)
        .annotate(
            is_decided=SqlCase(
                When(state__in=waiting, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            ),
            rank=SqlCase(
                When(risk=Risk.HIGH, state__in=waiting, then=Value(0)),
                When(risk=Risk.MEDIUM, state__in=waiting, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
        )
    )


def next_in_queue(acting_user: User, after: KycCase | None = None) -> KycCase | None:
    """The first case that this person could decide and nobody else has taken."""
    rows = queue().exclude(state=CaseState.SECOND, proposed_by_id=acting_user.pk)
    rows = rows.filter(assigned_to__isnull=True) | rows.filter(assigned_to_id=acting_user.pk)
    if after is not None:
        rows = rows.exclude(pk=after.pk)
    return rows.first()


def hits_of(user: User) -> QuerySet[Hit]:
    return Hit.objects.filter(user_id=user.pk).select_related("decided_by")


def is_sanctioned(user: User) -> bool:
    """Whether somebody decided that he is the person on a sanctions list."""
    return hits_of(user).filter(state=HitState.TRUE, list_kind=ListKind.SANCTIONS).exists()


def open_hits(user: User) -> QuerySet[Hit]:
    return hits_of(user).filter(state=HitState.OPEN)


def undecided_hits() -> QuerySet[Hit]:
    """Near names that nobody has judged yet, of all customers."""
    return Hit.objects.filter(state=HitState.OPEN)


def watch_lists() -> QuerySet[WatchList]:
    return WatchList.objects.select_related("current")


def duplicates_of(user: User) -> list[tuple[User, list[str]]]:
    """Other customers who share something that should be one person's only, and what."""
    digests = list(IdentityKey.objects.filter(user_id=user.pk).values_list("digest", flat=True))
    shared: dict[int, set[str]] = {}
    for key in IdentityKey.objects.filter(digest__in=digests).exclude(user_id=user.pk):
        shared.setdefault(key.user_id, set()).add(key.kind)
    others = User.objects.in_bulk(shared)
    return [(others[pk], sorted(kinds)) for pk, kinds in sorted(shared.items()) if pk in others]


def verified_name(user: User) -> str:
    """The name a decided case stands for (a payment's own-name check); empty while there is none.

    It is personal data: never in a log.
    """
    profile = profile_of(user)
    if profile is None or not profile.answers:
        return ""
    kept = sealed.unseal(profile.answers, {})
    return str(kept.get("_name", ""))


def require_personal_data(acting_user: User) -> None:
    if not acting_user.can("kyc.documents"):
        raise PermissionDenied(_("Your role sees the state of a case, not what is in it."))


def name_in(form: definition.Definition, answers: dict[str, Any]) -> str:
    """The subject's name out of the answers of a form."""
    if form.subject == SubjectKind.COMPANY:
        return str(form.value(answers, "company_name"))
    parts = (form.value(answers, "given_names"), form.value(answers, "family_names"))
    return " ".join(str(part) for part in parts if part)


def users_to_hold_or_release() -> list[User]:
    """Customers whose accounts may not fit their standing: few, unless a tier was changed."""
    from trading.accounts.models import Account, AccountRole, AccountState

    active = Account.objects.filter(role=AccountRole.CUSTOMER, state=AccountState.ACTIVE)
    wanted = set(
        active.filter(user__kyc__is_restricted=True).values_list("user_id", flat=True)[:500]
    )
    wanted |= set(
        KycProfile.objects.filter(is_restricted=False)
        .exclude(restricted_accounts=[])
        .values_list("user_id", flat=True)[:500]
    )
    for tier in tiers():
        if "spot" in tier.products:
            continue
        rows = active.filter(user__kyc__tier=tier)
        if tier.number == 0:
            rows = rows | active.filter(user__kyc__isnull=True)
        wanted |= set(rows.values_list("user_id", flat=True)[:500])
    return list(User.objects.filter(pk__in=wanted))
