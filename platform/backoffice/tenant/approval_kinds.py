"""Kinds of requests that wait for a second person, as the inbox of approvals tells them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice import cells, pages
from backoffice.approvals import Kind, Told, kinds
from backoffice.tables import Column, Listing
from backoffice.tenant import bookkeeping as entry_pages
from backoffice.tenant import breaks as break_pages
from backoffice.tenant import campaigns as campaign_pages
from backoffice.tenant import fee_proposals, names, postings
from care import selectors as care
from care.actions import resets
from care.models import FactorReset
from clearing.models import Rebuild, RebuildState
from clearing.rebuilding import actions as rebuilding
from clearing.rebuilding import selectors as rebuilds
from trading.instruments import actions as instruments
from trading.instruments import selectors as instrument_rows
from trading.instruments.models import FeeProposal
from wallets.adjustments import actions as adjustments
from wallets.adjustments import selectors as adjustment_rows
from wallets.adjustments.models import Adjustment
from wallets.adjustments.models import Kind as AdjustmentKind
from wallets.bookkeeping import actions as bookkeeping
from wallets.bookkeeping import plans
from wallets.bookkeeping import selectors as entry_rows
from wallets.bookkeeping.models import EntryRequest, Period, PeriodState
from wallets.campaigns import actions as campaigns
from wallets.campaigns import selectors as campaign_rows
from wallets.campaigns.models import Campaign
from wallets.ledger import selectors as ledger
from wallets.reconciliation import actions as reconciliation
from wallets.reconciliation import selectors as break_rows
from wallets.reconciliation.models import BooksBreak
from wallets.reconciliation.models import State as BreakState


def _adjustments() -> QuerySet[Adjustment]:
    return (
        adjustment_rows.waiting()
        .select_related("account", "account__user", "asset", "requested_by")
        .order_by("pk")
    )


def _adjustment(request: HttpRequest, row: Adjustment) -> Told:
    booked = ledger.booked_units(row.account, row.asset_id)
    then = booked + row.amount_units
    verb = _("Credit %(amount)s") if row.amount_units > 0 else _("Debit %(amount)s")
    amount = f"{cells.grouped(row.asset.text(abs(row.amount_units)))} {row.asset.code}"
    return Told(
        title=verb % {"amount": amount},
        asked_by=row.requested_by,
        asked_at=row.requested_at,
        reason=row.reason,
        address=pages.url(request, "adjustment", row.pk),
        facts=[
            (_("Account"), names.account_link(request, row.account)),
            (_("Kind"), AdjustmentKind(row.kind).label),
        ],
        changes=[
            (
                _("Booked balance of the account"),
                names.amount(booked, row.asset),
                names.amount(then, row.asset),
            )
        ],
        warning=_("The account's booked balance would be below zero: the engine will reject it.")
        if then < 0
        else "",
    )


def _approve_adjustment(row: Adjustment, acting_user: Any, reason: str) -> str:
    adjustments.approve_adjustment(adjustment=row, acting_user=acting_user, reason=reason)
    return _("Approved. The engine applies it within about a second.")


def _refuse_adjustment(row: Adjustment, acting_user: Any, reason: str) -> str:
    adjustments.refuse_adjustment(adjustment=row, acting_user=acting_user, reason=reason)
    return _("Refused. Nothing has moved.")


def _entry(request: HttpRequest, row: EntryRequest) -> Told:
    return Told(
        title=str(row.get_kind_display()),
        asked_by=row.requested_by,
        asked_at=row.requested_at,
        reason=row.reason,
        address=pages.url(request, "entry_request", row.pk),
        facts=[fact for fact in entry_pages.facts_of(request, row) if fact[1] != row.reason],
        table=postings.table(postings.planned(plans.postings_of(row))),
    )


def _approve_entry(row: EntryRequest, acting_user: Any, reason: str) -> str:
    bookkeeping.approve_entry(request=row, acting_user=acting_user, reason=reason)
    return _("Approved. It is booked within about a second.")


def _refuse_entry(row: EntryRequest, acting_user: Any, reason: str) -> str:
    bookkeeping.refuse_entry(request=row, acting_user=acting_user, reason=reason)
    return _("Refused. Nothing is booked.")


def _entries() -> QuerySet[EntryRequest]:
    return entry_rows.requests().filter(pk__in=entry_rows.waiting().values("pk")).order_by("pk")


def _months() -> QuerySet[Period]:
    rows = Period.objects.filter(state=PeriodState.REOPENING)
    return rows.select_related("reopen_asked_by").order_by("month")


def _month(request: HttpRequest, row: Period) -> Told:
    return Told(
        title=_("Reopen %(month)s") % {"month": row},
        asked_by=row.reopen_asked_by,
        asked_at=row.reopen_asked_at,
        reason=row.reopen_reason,
        address=pages.url(request, "periods"),
        changes=[(_("The month"), _("closed"), _("open: entries can be booked into it"))],
    )


def _reopen(row: Period, acting_user: Any, reason: str) -> str:
    bookkeeping.decide_reopening(period=row, reopens=True, reason=reason, acting_user=acting_user)
    return _("It is open again.")


def _keep_closed(row: Period, acting_user: Any, reason: str) -> str:
    bookkeeping.decide_reopening(period=row, reopens=False, reason=reason, acting_user=acting_user)
    return _("It stays closed.")


def _breaks() -> QuerySet[BooksBreak]:
    return break_rows.breaks().filter(state=BreakState.PROPOSED).order_by("pk")


def _break(request: HttpRequest, row: BooksBreak) -> Told:
    return Told(
        title=_("Resolve: %(cause)s") % {"cause": break_pages.cause_text(row)},
        asked_by=row.proposed_by,
        asked_at=row.first_found_at,
        reason=row.explanation,
        address=pages.url(request, "break", row.pk),
        facts=[
            (_("What"), break_pages.message_of(row)),
            (pgettext("money", "Amount"), break_pages.amount(row)),
            (_("Mended by"), break_pages.way_of(request, row)),
        ],
        changes=[(_("State of the break"), row.get_state_display(), BreakState.RESOLVED.label)],
    )


def _resolve(row: BooksBreak, acting_user: Any, reason: str) -> str:
    reconciliation.resolve_break(row=row, acting_user=acting_user, reason=reason)
    return _("The break is resolved.")


def _refuse_resolution(row: BooksBreak, acting_user: Any, reason: str) -> str:
    reconciliation.refuse_resolution(row=row, acting_user=acting_user, reason=reason)
    return _("Refused. The break waits for another resolution.")


def _rebuilds() -> QuerySet[Rebuild]:
    rows = rebuilds.rebuilds().filter(state=RebuildState.COMPARED)
    return rows.select_related("asked_by").order_by("pk")


_TABLES = Listing(
    columns=[
        Column(gettext_lazy("Table"), lambda t: cells.mono(t["table"]), "main"),
        Column(gettext_lazy("Put in"), lambda t: cells.number(t["missing"]), "number"),
        Column(gettext_lazy("Taken out"), lambda t: cells.number(t["extra"]), "number"),
        Column(gettext_lazy("Changed"), lambda t: cells.number(t["different"]), "number"),
    ]
)


def _rebuild(request: HttpRequest, row: Rebuild) -> Told:
    differing = [t for t in row.tables if t["missing"] or t["extra"] or t["different"]]
    return Told(
        title=_("Mend what rebuild %(id)s found") % {"id": row.pk},
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        reason=row.reason,
        address=pages.url(request, "rebuild", row.pk),
        table=_TABLES.show(differing),
    )


def _mend(row: Rebuild, acting_user: Any, reason: str) -> str:
    rebuilding.approve_mending(row=row, acting_user=acting_user, reason=reason)
    return _("The rows are being mended.")


def _leave(row: Rebuild, acting_user: Any, reason: str) -> str:
    rebuilding.refuse_mending(row=row, acting_user=acting_user, reason=reason)
    return _("Refused. Everything stays as it is.")


def _fees(request: HttpRequest, row: FeeProposal) -> Told:
    return Told(
        title=fee_proposals.title_of(row),
        asked_by=row.requested_by,
        asked_at=row.requested_at,
        reason=row.reason,
        address=pages.url(request, "fee_proposal", row.pk),
        table=fee_proposals.table(fee_proposals.lines_of(row)),
        warning=_("Some of these fees were changed since this was asked for: refuse it.")
        if fee_proposals.is_overtaken(row)
        else "",
    )


def _approve_fees(row: FeeProposal, acting_user: Any, reason: str) -> str:
    instruments.approve_fees(proposal=row, acting_user=acting_user, reason=reason)
    return _("Approved. The fees hold within about a second.")


def _refuse_fees(row: FeeProposal, acting_user: Any, reason: str) -> str:
    instruments.refuse_fees(proposal=row, acting_user=acting_user, reason=reason)
    return _("Refused. All fees stay as they are.")


def _campaign(request: HttpRequest, row: Campaign) -> Told:
    return Told(
        title=_("Activate “%(name)s”") % {"name": row.name},
        asked_by=row.requested_by,
        asked_at=row.requested_at,
        reason="",
        address=pages.url(request, "campaign", row.pk),
        facts=[
            (str(row.get_kind_display()), cells.lines(campaign_pages.rules_in_words(row))),
            (_("Budget"), names.amount(row.budget_units, row.asset)),
        ],
    )


def _activate(row: Campaign, acting_user: Any, reason: str) -> str:
    campaigns.activate_campaign(campaign=row, acting_user=acting_user, reason=reason)
    return _("Approved. It pays from now on.")


def _refuse_campaign(row: Campaign, acting_user: Any, reason: str) -> str:
    campaigns.refuse_campaign(campaign=row, acting_user=acting_user, reason=reason)
    return _("Refused. It is a draft again.")


def _reset(request: HttpRequest, row: FactorReset) -> Told:
    return Told(
        title=_("Reset the second factor of %(email)s") % {"email": row.user.email},
        asked_by=row.requested_by,
        asked_at=row.requested_at,
        reason=row.reason,
        address=pages.url(request, "customer", row.user_id),
        facts=[(_("Customer"), names.user_link(request, row.user))],
        warning=_("Be sure that the customer asked: speak with him by a way known before."),
    )


def _approve_reset(row: FactorReset, acting_user: Any, reason: str) -> str:
    done = resets.approve(reset_id=row.pk, acting_user=acting_user, reason=reason)
    assert done.due_at is not None
    return _("Approved. It happens at %(time)s UTC unless the customer stops it.") % {
        "time": done.due_at.strftime("%Y-%m-%d %H:%M")
    }


def _refuse_reset(row: FactorReset, acting_user: Any, reason: str) -> str:
    resets.refuse(reset_id=row.pk, acting_user=acting_user, reason=reason)
    return _("Refused. The second factor stays.")


for _kind in (
    Kind(
        "reset", gettext_lazy("Second factor"), "phonelink_lock",
        "resets.ask", "resets.approve",
        care.waiting_resets, _reset, _approve_reset, _refuse_reset,
        gettext_lazy("It happens by itself after the waiting time; the customer is told."),
    ),
    Kind(
        "adjustment", gettext_lazy("Adjustment"), "approval",
        "adjustments.view", "adjustments.approve",
        _adjustments, _adjustment, _approve_adjustment, _refuse_adjustment,
        gettext_lazy("The engine applies it at once. Only another adjustment can undo it."),
    ),
    Kind(
        "entry", gettext_lazy("Journal entry"), "edit_note",
        "ledger.view", "bookkeeping.approve",
        _entries, _entry, _approve_entry, _refuse_entry,
        gettext_lazy("It is booked at once. Only a reversal can undo it."),
    ),
    Kind(
        "month", gettext_lazy("Period"), "event_available",
        "ledger.view", "bookkeeping.approve",
        _months, _month, _reopen, _keep_closed,
        gettext_lazy("Entries can be booked into it until it is closed again."),
        "reopen_asked_by", "reopen_asked_at",
    ),
    Kind(
        "break", gettext_lazy("Break"), "difference",
        "ledger.view", "breaks.resolve",
        _breaks, _break, _resolve, _refuse_resolution,
        gettext_lazy("If a later proof still finds it, it opens again."),
        "proposed_by", "first_found_at",
    ),
    Kind(
        "rebuild", gettext_lazy("Rebuild"), "restart_alt",
        "ledger.view", "rebuild.approve",
        _rebuilds, _rebuild, _mend, _leave,
        gettext_lazy("Rows that differ are replaced by what the engine journal says."),
        "asked_by", "asked_at",
    ),
    Kind(
        "fees", gettext_lazy("Fees"), "percent",
        "fees.view", "fees.approve",
        instrument_rows.waiting_fee_proposals, _fees, _approve_fees, _refuse_fees,
        gettext_lazy("They hold for every trade from within about a second on."),
    ),
    Kind(
        "campaign", gettext_lazy("Campaign"), "redeem",
        "campaigns.view", "campaigns.approve",
        campaign_rows.waiting, _campaign, _activate, _refuse_campaign,
        gettext_lazy("Customers are paid from now on, up to its budget, without asking again."),
    ),
):  # fmt: skip
    kinds.register(_kind)
