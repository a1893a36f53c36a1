"""Every write of campaigns by people: declared, activated by a second person, paused, ended."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from money.units import MAX_UNITS
from trading.accounts.models import AccountGroup
from trading.commands.actors import require
from trading.instruments.models import Asset
from wallets.campaigns import states
from wallets.campaigns.errors import CampaignError
from wallets.campaigns.models import Campaign, Kind, State

RULES = (
    "kind", "name", "asset", "amount_units", "referrer_units", "percent", "budget_units",
    "min_volume_units", "group", "starts_at", "ends_at",
)  # fmt: skip


def set_campaign(
    *,
    campaign: Campaign | None,
    kind: str,
    name: str,
    asset: Asset,
    budget_units: int,
    starts_at: datetime,
    ends_at: datetime,
    acting_user: Any,
    amount_units: int = 0,
    referrer_units: int = 0,
    percent: int = 0,
    min_volume_units: int = 0,
    group: AccountGroup | None = None,
) -> Campaign:
    """Declare a campaign (None: a new one), or change it while it is a draft.

    Raises CampaignError for rules that make no sense, PermissionDenied.
    """
    _require_staff(acting_user, "campaigns.change")
    wanted = {
        "kind": Kind(kind), "name": name.strip(), "asset": asset, "amount_units": amount_units,
        "referrer_units": referrer_units, "percent": percent, "budget_units": budget_units,
        "min_volume_units": min_volume_units, "group": group, "starts_at": starts_at,
        "ends_at": ends_at,
    }  # fmt: skip
    _check_rules(wanted)
    with transaction.atomic():
        row = _locked(campaign) if campaign else Campaign(created_by=acting_user)
        if row.state != State.DRAFT:
            raise CampaignError("not_draft", _("Its rules stay as they are once it was sent on."))
        old = told(row) if campaign else None
        for field, value in wanted.items():
            setattr(row, field, value)
        row.save()
        audit.record("campaigns.set_campaign", row, old=old, new=told(row), acting_user=acting_user)
    return row


def ask_for_activation(*, campaign: Campaign, acting_user: Any, reason: str = "") -> Campaign:
    """Send a draft to a second person."""
    _require_staff(acting_user, "campaigns.change")
    with transaction.atomic():
        row = _locked(campaign)
        if row.ends_at <= timezone.now():
            raise CampaignError("over", _("Its time is over already."), "ends_at")
        row.requested_by, row.requested_at = acting_user, timezone.now()
        _step(row, State.ASKED, acting_user, reason)
    return row


def activate_campaign(*, campaign: Campaign, acting_user: Any, reason: str = "") -> Campaign:
    """Agree to what somebody else asked for: from now on it pays."""
    _require_staff(acting_user, "campaigns.approve")
    with transaction.atomic():
        row = _locked(campaign)
        if row.state == State.ACTIVE and row.activated_by_id == acting_user.pk:
            return row
        if row.requested_by_id == acting_user.pk:
            raise PermissionDenied(_("A second person has to decide what you asked for."))
        row.activated_by, row.activated_at = acting_user, timezone.now()
        _step(row, State.ACTIVE, acting_user, reason, expected=State.ASKED)
    return row


def refuse_campaign(*, campaign: Campaign, acting_user: Any, reason: str) -> Campaign:
    """Send it back to be a draft; whoever asked may do so as well."""
    _require_staff(acting_user, "campaigns.approve")
    with transaction.atomic():
        row = _locked(campaign)
        row.requested_by, row.requested_at = None, None
        _step(row, State.DRAFT, acting_user, reason)
    return row


def pause_campaign(*, campaign: Campaign, acting_user: Any, reason: str) -> Campaign:
    """Pay nothing for now; what customers do meanwhile counts once it goes on."""
    _require_staff(acting_user, "campaigns.change")
    with transaction.atomic():
        row = _locked(campaign)
        _step(row, State.PAUSED, acting_user, reason)
    return row


def resume_campaign(*, campaign: Campaign, acting_user: Any, reason: str) -> Campaign:
    """Go on as the second person agreed to."""
    _require_staff(acting_user, "campaigns.approve")
    with transaction.atomic():
        row = _locked(campaign)
        _step(row, State.ACTIVE, acting_user, reason, expected=State.PAUSED)
    return row


def end_campaign(*, campaign: Campaign, acting_user: Any, reason: str) -> Campaign:
    """Pay nothing ever after."""
    _require_staff(acting_user, "campaigns.change")
    with transaction.atomic():
        row = _locked(campaign)
        _step(row, State.ENDED, acting_user, reason)
    return row


def told(row: Campaign) -> dict[str, Any]:
    """The rules of a campaign as the audit trail keeps them."""
    asset = row.asset
    amounts = ("amount_units", "referrer_units", "budget_units", "min_volume_units")
    return {
        "kind": str(row.kind),
        "name": row.name,
        "asset": asset.code,
        **{name.removesuffix("_units"): asset.text(getattr(row, name)) for name in amounts},
        "percent": row.percent,
        "group": row.group.name if row.group else "",
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
    }


def _check_rules(wanted: dict[str, Any]) -> None:
    kind = wanted["kind"]
    if not wanted["name"]:
        raise CampaignError("no_name", _("Give it a name; customers read it."), "name")
    if wanted["ends_at"] <= wanted["starts_at"]:
        raise CampaignError("bad_time", _("It must end after it starts."), "ends_at")
    for field in ("amount_units", "referrer_units", "budget_units", "min_volume_units"):
        if not 0 <= wanted[field] <= MAX_UNITS:
            raise CampaignError("bad_amount", _("This amount cannot be."), _form_field(field))
    if kind == Kind.DISCOUNT:
        if not 1 <= wanted["percent"] <= 100:
            raise CampaignError("bad_percent", _("Between 1 and 100 percent."), "percent")
        wanted["amount_units"] = wanted["referrer_units"] = 0
    else:
        wanted["percent"] = 0
    if kind != Kind.REFERRAL:
        wanted["referrer_units"] = 0
    each = wanted["amount_units"] + wanted["referrer_units"]
    if kind != Kind.DISCOUNT and each <= 0:
        raise CampaignError("no_amount", _("Say how much a customer gets."), "amount")
    if kind == Kind.TRADING and not wanted["min_volume_units"]:
        raise CampaignError("no_volume", _("Say how much is to be traded for it."), "min_volume")
    if wanted["budget_units"] < max(each, 1):
        raise CampaignError(
            "small_budget", _("The budget is not enough for one customer."), "budget"
        )


def _form_field(field: str) -> str:
    return field.removesuffix("_units")


def _step(
    row: Campaign, wanted: State, acting_user: Any, reason: str, expected: State | None = None
) -> None:
    before = State(row.state)
    if not states.allows(before, wanted) or expected not in (None, before):
        raise CampaignError(
            "bad_state", _("The campaign is: %(state)s.") % {"state": str(before.label).lower()}
        )
    row.state = wanted
    row.save()
    audit.record(
        f"campaigns.{_VERBS[before, wanted]}",
        row,
        old={"state": before.value},
        new={"state": wanted.value},
        acting_user=acting_user,
        reason=reason.strip(),
    )


_VERBS = {
    (State.DRAFT, State.ASKED): "ask_for_activation",
    (State.ASKED, State.DRAFT): "refuse_campaign",
    (State.ASKED, State.ACTIVE): "activate_campaign",
    (State.ACTIVE, State.PAUSED): "pause_campaign",
    (State.PAUSED, State.ACTIVE): "resume_campaign",
    (State.DRAFT, State.ENDED): "end_campaign",
    (State.ACTIVE, State.ENDED): "end_campaign",
    (State.PAUSED, State.ENDED): "end_campaign",
}


def _require_staff(acting_user: Any, capability: str) -> None:
    """Campaigns are the firm's own: the platform and the system cannot give its money away."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff run campaigns."))
    require(acting_user, capability)


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
