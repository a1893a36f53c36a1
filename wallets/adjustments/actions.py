"""Every write of adjustments: one person asks, another decides, the engine applies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from money.units import MAX_UNITS
from riskrules import judging
from trading.accounts.models import Account, AccountRole
from trading.commands.actions import enqueue_command
from trading.commands.actors import require
from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.instruments.models import Asset
from wallets.adjustments import rules, states
from wallets.adjustments.errors import AdjustmentError
from wallets.adjustments.models import Adjustment, Kind, State
from wallets.ledger import chart

MIN_REASON_CHARACTERS = 5

REASON_OF_KIND = {
    Kind.CORRECTION: FundsReason.ADJUSTMENT,
    Kind.TRANSFER: FundsReason.TRANSFER,
}


def request_adjustment(
    *,
    account: Account,
    asset: Asset,
    amount_units: int,
    reason: str,
    acting_user: Any,
    kind: str = Kind.CORRECTION,
) -> Adjustment:
    """Ask for a credit (positive) or debit (negative) of an account; somebody else decides.

    Raises AdjustmentError, PermissionDenied.
    """
    _require_staff(acting_user, "adjustments.request")
    if account.role != AccountRole.CUSTOMER:
        raise AdjustmentError(_("Only customers' accounts are adjusted."))
    if amount_units == 0:
        raise AdjustmentError(_("The amount must not be zero."))
    if abs(amount_units) > MAX_UNITS:
        raise AdjustmentError(_("The amount is too large."))
    if kind not in Kind.values:
        raise AdjustmentError(_("Choose a correction or a transfer."))
    reason = reason.strip()
    if len(reason) < MIN_REASON_CHARACTERS:
        raise AdjustmentError(_("Say why, in a few words the auditor will understand."))
    with _refusals_kept(), transaction.atomic():
        decision = rules.require_allowed(
            account=account, asset=asset, amount_units=amount_units, acting_user=acting_user
        )
        adjustment = Adjustment.objects.create(
            account=account,
            asset=asset,
            amount_units=amount_units,
            kind=kind,
            reason=reason,
            requested_by=acting_user,
        )
        audit.record(
            "adjustments.request",
            adjustment,
            new={
                "account": account.pk,
                "asset": asset.code,
                "amount": asset.text(amount_units),
                "kind": str(kind),
                "rules": decision.names,
            },
            acting_user=acting_user,
            reason=reason,
        )
    return adjustment


def approve_adjustment(*, adjustment: Adjustment, acting_user: Any, reason: str = "") -> Adjustment:
    """Approve somebody else's request and queue it for the engine.

    Approving again by the same person changes nothing. Raises AdjustmentError,
    PermissionDenied.
    """
    _require_staff(acting_user, "adjustments.approve")
    with _refusals_kept(), transaction.atomic():
        adjustment = _locked(adjustment)
        if adjustment.approved_by_id == acting_user.pk and adjustment.command_id is not None:
            return adjustment
        _check_decision(adjustment, State.APPROVED, acting_user)
        rules.require_allowed(
            account=adjustment.account,
            asset=adjustment.asset,
            amount_units=int(adjustment.amount_units),
            acting_user=acting_user,
            adjustment=adjustment,
        )
        is_credit = adjustment.amount_units > 0
        command_class = commands.CreditFunds if is_credit else commands.DebitFunds
        adjustment.command = enqueue_command(
            command_class(
                account_id=adjustment.account_id,
                asset_id=adjustment.asset_id,
                amount_units=abs(adjustment.amount_units),
                reason=int(REASON_OF_KIND[Kind(adjustment.kind)]),
                reference_id=adjustment.pk,
                against=_against(adjustment),
            ),
            acting_user=acting_user,
        )
        _decide(adjustment, State.APPROVED, acting_user, reason)
    return adjustment


def refuse_adjustment(*, adjustment: Adjustment, acting_user: Any, reason: str) -> Adjustment:
    """Refuse somebody else's request.

    Raises AdjustmentError, PermissionDenied.
    """
    _require_staff(acting_user, "adjustments.approve")
    if len(reason.strip()) < MIN_REASON_CHARACTERS:
        raise AdjustmentError(_("Say why it is refused."))
    with transaction.atomic():
        adjustment = _locked(adjustment)
        if adjustment.state == State.REFUSED and adjustment.approved_by_id == acting_user.pk:
            return adjustment
        _check_decision(adjustment, State.REFUSED, acting_user)
        _decide(adjustment, State.REFUSED, acting_user, reason)
    return adjustment


@contextmanager
def _refusals_kept() -> Iterator[None]:
    """Around the transaction: what a rule refuses is written down once that is undone."""
    try:
        yield
    except judging.Refused as refused:
        refused.keep()
        raise PermissionDenied(refused.sentence) from None


def _against(adjustment: Adjustment) -> int:
    """The house line on the other side; 0: the one of the reason."""
    if adjustment.kind == Kind.TRANSFER:
        return chart.main_custody(adjustment.asset.code)
    return 0


def _decide(adjustment: Adjustment, state: State, acting_user: Any, reason: str) -> None:
    adjustment.state = state
    adjustment.approved_by = acting_user
    adjustment.decided_at = timezone.now()
    adjustment.decision_reason = reason.strip()
    adjustment.save()
    audit.record(
        "adjustments.approve" if state == State.APPROVED else "adjustments.refuse",
        adjustment,
        old={"state": State.REQUESTED.value},
        new={"state": state.value},
        acting_user=acting_user,
        reason=reason,
    )


def _check_decision(adjustment: Adjustment, wanted: State, acting_user: Any) -> None:
    if not states.allows(adjustment.state, wanted):
        raise AdjustmentError(
            _("This adjustment was decided already: %(state)s.")
            % {"state": adjustment.get_state_display().lower()}
        )
    if adjustment.requested_by_id == acting_user.pk:
        raise PermissionDenied(_("A second person has to decide what you asked for."))


def _require_staff(acting_user: Any, capability: str) -> None:
    """Adjustments are for the tenant's own staff: the platform and the system cannot."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff adjust accounts."))
    require(acting_user, capability)


def _locked(adjustment: Adjustment) -> Adjustment:
    return Adjustment.objects.select_for_update().get(pk=adjustment.pk)
