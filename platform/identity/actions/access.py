"""Writes of what roles may do in a firm, and of access reviews."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.models import AuditRecord
from identity import levels, roles
from identity.actions.staff import set_user_active
from identity.errors import IdentityError
from identity.models import AccessReview, ReviewedAccess, RoleChange, User, UserSession
from identity.schema import current_schema, is_public

MIN_REASON_CHARACTERS = 5


def set_role(*, role: str, capabilities: Iterable[str], acting_user: Any, reason: str) -> None:
    """Say what a role of the firm may do, within the level that the platform gave the firm.

    The owner's role is not changed, and nobody changes the role that he has. Raises
    IdentityError, PermissionDenied.
    """
    roles.require(acting_user, "staff.manage")
    _refuse_public()
    if role not in roles.TENANT_CAPABILITIES or role == roles.OWNER:
        raise IdentityError("unknown_role", _("The owner's role stays as it is; choose another."))
    if acting_user.role == role:
        raise IdentityError("own_role", _("Someone else has to change the role that you have."))
    _check_reason(reason)
    wanted = frozenset(capabilities) | roles.KEPT_BY_ALL
    beyond = wanted - roles.GRANTABLE | wanted & levels.withheld(current_schema())
    if beyond:
        raise IdentityError(
            "above_level",
            _("The platform does not give your firm: %(names)s.")
            % {"names": ", ".join(sorted(beyond))},
        )
    with transaction.atomic():
        old = levels.changed(current_schema(), role, roles.TENANT_CAPABILITIES[role])
        if wanted == old:
            return
        # What is withheld stays as the table declares it, for a day when it is given again.
        kept_back = levels.withheld(current_schema())
        declared = roles.TENANT_CAPABILITIES[role]
        differing = (wanted ^ declared) - kept_back
        RoleChange.objects.filter(role=role).exclude(capability__in=kept_back).delete()
        RoleChange.objects.bulk_create(
            RoleChange(role=role, capability=name, is_granted=name in wanted)
            for name in sorted(differing)
        )
        audit.record(
            "identity.set_role",
            ("identity.role", role),
            old={"taken": sorted(old - wanted)},
            new={"given": sorted(wanted - old)},
            acting_user=acting_user,
            reason=reason,
        )
        schema = current_schema()
        levels.forget(schema)
        transaction.on_commit(lambda: levels.forget(schema))


def open_review(*, acting_user: Any) -> AccessReview:
    """Begin a review: who of the staff has what now, one line a person. Raises IdentityError."""
    roles.require(acting_user, "staff.manage")
    with transaction.atomic():
        if AccessReview.objects.select_for_update().filter(closed_at=None).exists():
            raise IdentityError("review_open", _("There is an open review already."))
        review = AccessReview.objects.create(opened_by=acting_user)
        people = list(User.objects.filter(is_staff=True, is_active=True).order_by("pk"))
        keys = [person.pk for person in people]
        seen = dict(
            UserSession.objects.filter(user__in=keys)
            .order_by()
            .values_list("user")
            .annotate(last=Max("last_seen_at"))
        )
        acted = dict(
            AuditRecord.objects.filter(actor_id__in=keys, actor_kind=_kind())
            .order_by()
            .values_list("actor_id")
            .annotate(last=Max("recorded_at"))
        )
        ReviewedAccess.objects.bulk_create(
            ReviewedAccess(
                review=review,
                user=person,
                role=person.role,
                capabilities=sorted(person.capabilities),
                last_seen_at=seen.get(person.pk),
                last_acted_at=acted.get(person.pk),
            )
            for person in people
        )
        audit.record(
            "identity.open_access_review", review, new={"people": len(people)},
            acting_user=acting_user,
        )  # fmt: skip
    return review


def decide_access(
    *, line: ReviewedAccess, keeps: bool, acting_user: Any, reason: str = ""
) -> ReviewedAccess:
    """Keep somebody's access, or close his login. The last decision closes the review.

    Nobody decides on himself. Raises IdentityError, PermissionDenied.
    """
    roles.require(acting_user, "staff.manage")
    if not keeps:
        _check_reason(reason)
    with transaction.atomic():
        review = AccessReview.objects.select_for_update().get(pk=line.review_id)
        line = ReviewedAccess.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if line.user_id == acting_user.pk:
            raise IdentityError("own_account", _("Someone else has to do this for you."))
        if line.decision != ReviewedAccess.Decision.OPEN:
            raise IdentityError("decided", _("This was decided already."))
        line.decision = ReviewedAccess.Decision.KEPT if keeps else ReviewedAccess.Decision.REVOKED
        line.reason = reason.strip()
        line.decided_by, line.decided_at = acting_user, timezone.now()
        line.save()
        if not keeps and line.user.is_active:
            set_user_active(user=line.user, is_active=False, acting_user=acting_user, reason=reason)
        audit.record(
            "identity.keep_access" if keeps else "identity.revoke_access",
            line.user,
            new={"review": review.pk, "role": line.role},
            acting_user=acting_user,
            reason=reason,
        )
        if not review.people.filter(decision=ReviewedAccess.Decision.OPEN).exists():
            review.closed_at = timezone.now()
            review.save(update_fields=["closed_at"])
            audit.record("identity.close_access_review", review, acting_user=acting_user)
    return line


def _kind() -> str:
    return AuditRecord.Actor.OPERATOR if is_public() else AuditRecord.Actor.STAFF


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < MIN_REASON_CHARACTERS:
        raise IdentityError("reason", _("Say why, in a few words."))


def _refuse_public() -> None:
    if is_public():
        raise IdentityError("unknown_role", _("Operators' roles are the same for all."))
