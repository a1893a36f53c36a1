"""What a customer's standing means for his accounts, inside the engine.

A tier without a product, and a customer held back, may not trade: his accounts become cancel-only
by an engine command, and active again when the reason is gone. What staff did to an account is
left alone: only what KYC itself made cancel-only is opened again.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from kyc import selectors
from kyc.actions.guards import reason_of, require_staff
from kyc.errors import KycError
from kyc.models import KycProfile
from trading.accounts import actions as accounts
from trading.accounts.models import Account, AccountRole, AccountState

SPOT = "spot"


def ensure_profile(user: Any, *, for_update: bool = False) -> KycProfile:
    """The customer's profile; made with tier 0 where there is none."""
    profile, _made = KycProfile.objects.get_or_create(
        user=user, defaults={"tier": selectors.first_tier()}
    )
    if not for_update:
        return profile
    return KycProfile.objects.select_for_update().get(pk=profile.pk)


def apply_rights(*, user: Any, acting_user: Any, reason: str) -> None:
    """Bring the states of a customer's accounts in line with what he may do."""
    may_trade = SPOT in selectors.allowance(user).products
    with transaction.atomic():
        owned = Account.objects.filter(user_id=user.pk, role=AccountRole.CUSTOMER)
        profile = KycProfile.objects.select_for_update().filter(user_id=user.pk).first()
        held = set(profile.restricted_accounts) if profile else set()
        if may_trade and not held:
            return
        profile = profile or ensure_profile(user, for_update=True)
        for account in owned:
            if may_trade and account.pk in held:
                held.discard(account.pk)
                if account.state == AccountState.CANCEL_ONLY:
                    _set_state(account, AccountState.ACTIVE, acting_user, reason)
            elif not may_trade and account.state == AccountState.ACTIVE:
                held.add(account.pk)
                _set_state(account, AccountState.CANCEL_ONLY, acting_user, reason)
        if sorted(held) != profile.restricted_accounts:
            profile.restricted_accounts = sorted(held)
            profile.save(update_fields=["restricted_accounts"])


def _set_state(account: Account, state: AccountState, acting_user: Any, reason: str) -> None:
    actor = acting_user if acting_user is not None and acting_user.is_staff else None
    accounts.set_account_state(account=account, state=state, acting_user=actor, reason=reason[:500])


def restrict(*, user: Any, acting_user: Any, reason: str) -> KycProfile:
    """Hold a customer back: no orders, deposits or withdrawals until `release`."""
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        profile = ensure_profile(user, for_update=True)
        if profile.is_restricted:
            raise KycError(_("This customer is held back already."))
        _hold(profile, reason)
        apply_rights(user=user, acting_user=acting_user, reason=reason)
        audit.record("kyc.restrict", user, acting_user=acting_user, reason=reason)
    return profile


def hold_for_hit(*, user: Any, acting_user: Any, reason: str) -> None:
    """A name was found to be the same person's: hold him back, if he is not yet."""
    with transaction.atomic():
        profile = ensure_profile(user, for_update=True)
        if profile.is_restricted:
            return
        _hold(profile, reason)
        apply_rights(user=user, acting_user=acting_user, reason=reason)
        audit.record("kyc.restrict", user, acting_user=acting_user, reason=reason)


def _hold(profile: KycProfile, reason: str) -> None:
    profile.is_restricted = True
    profile.restricted_reason = reason
    profile.save(update_fields=["is_restricted", "restricted_reason"])


def release(*, user: Any, acting_user: Any, reason: str) -> KycProfile:
    """Let a customer go on; refused while a hit says that he is on a sanctions list."""
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        profile = ensure_profile(user, for_update=True)
        if not profile.is_restricted:
            raise KycError(_("This customer is not held back."))
        if selectors.is_sanctioned(user):
            raise KycError(
                _("A hit says that this customer is on a sanctions list: undo that first.")
            )
        profile.is_restricted = False
        profile.restricted_reason = ""
        profile.save(update_fields=["is_restricted", "restricted_reason"])
        apply_rights(user=user, acting_user=acting_user, reason=reason)
        audit.record("kyc.release", user, acting_user=acting_user, reason=reason)
    return profile
