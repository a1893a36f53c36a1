"""Many fee schedules at once: a form with a preview, and what became of each proposal."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant import names
from backoffice.tenant.adjustments import person
from backoffice.tenant.instrument_forms import percent_field
from money.units import MoneyError, parse_units
from trading.accounts.models import AccountGroup
from trading.instruments import actions, selectors
from trading.instruments.actions import FeeLine
from trading.instruments.errors import InstrumentError
from trading.instruments.models import FeeProposal, FeeSchedule, Instrument

ALL = "0"  # the choice that stands for all groups, or all instruments
PREVIEW_LINES = 60


def title_of(row: FeeProposal) -> str:
    count = len(row.lines)
    return ngettext("Set %(count)s fee schedule", "Set %(count)s fee schedules", count) % {
        "count": count
    }


def lines_of(row: FeeProposal) -> list[FeeLine]:
    """The lines of a proposal with the rows that they name."""
    groups = AccountGroup.objects.in_bulk([line["group"] for line in row.lines if line["group"]])
    instruments = Instrument.objects.in_bulk(
        [line["instrument"] for line in row.lines if line["instrument"]]
    )
    return [
        FeeLine(
            group=groups.get(line["group"]),
            instrument=instruments.get(line["instrument"]),
            maker_ppm=line["maker_ppm"],
            taker_ppm=line["taker_ppm"],
            old=line["old"],
        )
        for line in row.lines
    ]


def is_overtaken(row: FeeProposal) -> bool:
    """Whether one of its schedules was changed since it was asked for."""
    if row.state != FeeProposal.State.REQUESTED:
        return False
    known = {
        (schedule.group_id, schedule.instrument_id): {
            "maker_ppm": schedule.maker_ppm,
            "taker_ppm": schedule.taker_ppm,
        }
        for schedule in FeeSchedule.objects.all()
    }
    return any(
        known.get((line["group"], line["instrument"]), {}) != line["old"] for line in row.lines
    )


def _step(old: int | None, new: int) -> Any:
    then = cells.percent_of_ppm(new)
    if old is None:
        return cells.pair(then, _("new"))
    if old == new:
        return cells.muted(then)
    return cells.pair(then, _("now %(rate)s") % {"rate": cells.percent_of_ppm(old)})


_LINES = Listing(
    columns=[
        Column(
            gettext_lazy("Group"), lambda x: x.group.name if x.group else _("All groups"), "main"
        ),
        Column(
            gettext_lazy("Instrument"),
            lambda x: x.instrument.symbol if x.instrument else _("All instruments"),
        ),
        Column(
            gettext_lazy("Maker"), lambda x: _step(x.old.get("maker_ppm"), x.maker_ppm), "number"
        ),
        Column(
            gettext_lazy("Taker"), lambda x: _step(x.old.get("taker_ppm"), x.taker_ppm), "number"
        ),
    ],
    empty_headline=gettext_lazy("Nothing would be different"),
)


def table(lines: list[FeeLine]) -> Any:
    """Lines with the rates now and then, as a plain table."""
    return _LINES.show(lines)


def fee_proposals(request: HttpRequest) -> HttpResponse:
    """Proposals with both their persons."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Proposal"), lambda r: cells.mono(r.pk), "main"),
            Column(gettext_lazy("What"), title_of),
            Column(gettext_lazy("Reason"), lambda r: r.reason[:80]),
            Column(
                gettext_lazy("Asked by"),
                lambda r: cells.pair(person(r.requested_by), cells.when(r.requested_at)),
            ),
            Column(
                gettext_lazy("Decided by"),
                lambda r: (
                    cells.pair(person(r.decided_by), cells.when(r.decided_at))
                    if r.decided_by
                    else cells.NOTHING
                ),
            ),
            Column(gettext_lazy("State"), lambda r: cells.badge(r.state)),
        ],
        filters=[by_state(FeeProposal.State.choices)],
        search=lambda rows, term: rows.filter(reason__icontains=term),
        search_hint=gettext_lazy("Reason"),
        empty_headline=gettext_lazy("No proposals yet"),
        empty_sentence=gettext_lazy("Changes of many fees at once stand here with both persons."),
        row_link=lambda row: pages.url(request, "fee_proposal", row.pk),
    )
    buttons = []
    if access.may(request.user, "fees.change"):
        buttons.append(
            (_("Change many fees"), pages.url(request, "propose_fees"), "bo-button-primary")
        )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.fee_proposals()), "buttons": buttons},
        title=_("Fee proposals"),
        crumbs=[(_("Fees"), pages.url(request, "fees"))],
    )


def fee_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal: its lines, who asked, who decided."""
    row: FeeProposal = names.found(selectors.fee_proposals(), pk=proposal_id)
    facts = [
        (_("State"), cells.badge(row.get_state_display(), cells.tone_of(row.state))),
        (_("Reason"), row.reason),
        (_("Asked by"), person(row.requested_by)),
        (_("Asked (UTC)"), cells.when(row.requested_at)),
        (_("Decided by"), person(row.decided_by)),
        (_("Decided (UTC)"), cells.when(row.decided_at)),
    ]
    if row.decision_reason:
        facts.append((_("Reason of the decision"), row.decision_reason))
    is_waiting = row.state == FeeProposal.State.REQUESTED
    is_own = row.requested_by_id == request.user.pk
    context: dict[str, Any] = {
        "facts": facts,
        "table": table(lines_of(row)),
        "is_overtaken": is_overtaken(row),
        "may_decide": is_waiting and not is_own and access.may(request.user, "fees.approve"),
        "may_withdraw": is_waiting and is_own and access.may(request.user, "fees.change"),
        "proposal": row,
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "fee_proposal.html",
        context,
        title=_("Fee proposal %(id)s") % {"id": row.pk},
        crumbs=[
            (_("Fees"), pages.url(request, "fees")),
            (_("Proposals"), pages.url(request, "fee_proposals")),
        ],
    )


class BulkForm(ReasonForm):
    """Which schedules, which rates, and why."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Groups"), widget=forms.CheckboxSelectMultiple
    )
    instruments = forms.MultipleChoiceField(
        label=gettext_lazy("Instruments"), widget=forms.CheckboxSelectMultiple
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[
            ("set", gettext_lazy("Set the rates to")),
            ("add", gettext_lazy("Raise or lower the rates by")),
        ],
    )
    maker = percent_field(
        gettext_lazy("Maker fee, %"), gettext_lazy("Lower with a minus, such as -0.02.")
    )
    taker = percent_field(gettext_lazy("Taker fee, %"))
    field_order = ["groups", "instruments", "how", "maker", "taker", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: Any = self.fields["groups"]
        groups.choices = [
            *((str(row.pk), row.name) for row in AccountGroup.objects.all()),
            (ALL, _("All groups (a schedule for whoever has none of his own)")),
        ]
        instruments: Any = self.fields["instruments"]
        instruments.choices = [
            (ALL, _("All instruments (a schedule for whichever has none of its own)")),
            *((str(row.pk), row.symbol) for row in Instrument.objects.order_by("symbol")),
        ]

    def _rate(self, name: str) -> int:
        try:
            return parse_units(self.cleaned_data[name].replace("%", ""), 4)
        except MoneyError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_maker(self) -> int:
        return self._rate("maker")

    def clean_taker(self) -> int:
        return self._rate("taker")

    def lines(self) -> list[FeeLine]:
        """What was chosen; raises InstrumentError."""
        values = self.cleaned_data
        groups = AccountGroup.objects.in_bulk([int(key) for key in values["groups"] if key != ALL])
        instruments = Instrument.objects.in_bulk(
            [int(key) for key in values["instruments"] if key != ALL]
        )
        return actions.plan_fees(
            groups=[groups.get(int(key)) for key in values["groups"]],
            instruments=[instruments.get(int(key)) for key in values["instruments"]],
            maker_ppm=values["maker"],
            taker_ppm=values["taker"],
            is_relative=values["how"] == "add",
        )


class ProposeFees(ActionPage):
    """Ask for many schedules at once; the preview shows each of them before anything is sent."""

    form_class = BulkForm
    template = "fee_bulk.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """htmx asks for the preview only; nothing is done then."""
        if not request.headers.get("HX-Request"):
            return super().post(request, **kwargs)
        form = self.form(None, request.POST)
        form.fields["reason"].required = False
        return render(request, "backoffice/parts/fee_lines.html", self.extra(None, form))

    def title(self, target: Any) -> str:
        return _("Change many fees")

    def confirm_label(self, target: Any) -> str:
        return _("Ask for these fees")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("Each group in each instrument that you choose gets a schedule."),
            _("Nothing holds until a second person approves; then all of it does at once."),
        ]

    def initial(self, target: Any) -> dict[str, Any]:
        return {"how": "set"}

    def extra(self, target: Any, form: StaffForm) -> dict[str, Any]:
        if not form.is_bound or not form.is_valid():
            return {"lines": None}
        assert isinstance(form, BulkForm)
        try:
            lines = form.lines()
        except InstrumentError as error:
            return {"lines": None, "nonsense": str(error)}
        different = [line for line in lines if line.is_different]
        return {
            "lines": table(different[:PREVIEW_LINES]),
            "count": len(different),
            "same": len(lines) - len(different),
            "left_out": max(0, len(different) - PREVIEW_LINES),
        }

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, BulkForm)
        self.made = actions.propose_fees(
            lines=self.sent.lines(), reason=values["reason"], acting_user=self.request.user
        )
        return _("Proposal %(id)s waits for a second person.") % {"id": self.made.pk}

    def back(self, target: Any) -> str:
        return self.url("fees")

    def after(self, target: Any) -> str:
        return self.url("fee_proposal", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Fees"), self.url("fees"))]


class WithdrawFees(ActionPage):
    """Take one's own proposal back."""

    def target(self, proposal_id: int) -> FeeProposal:  # type: ignore[override]
        row: FeeProposal = names.found(selectors.fee_proposals(), pk=proposal_id)
        return row

    def title(self, target: FeeProposal) -> str:
        return _("Withdraw proposal %(id)s") % {"id": target.pk}

    def confirm_label(self, target: FeeProposal) -> str:
        return _("Withdraw it")

    def obstacle(self, target: FeeProposal) -> str:
        if target.state != FeeProposal.State.REQUESTED:
            return _("This proposal is decided already.")
        if target.requested_by_id != self.request.user.pk:
            return _("Only who asked for it takes it back. You can refuse it.")
        return ""

    def perform(self, target: FeeProposal, values: dict[str, Any]) -> str:
        actions.withdraw_fees(
            proposal=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("It is withdrawn. All fees stay as they are.")

    def back(self, target: FeeProposal) -> str:
        return self.url("fee_proposal", target.pk)

    def crumbs(self, target: FeeProposal) -> list[tuple[str, str]]:
        return [(_("Fees"), self.url("fees")), (str(target.pk), self.back(target))]


PAGES = (
    pages.Page("fees/bulk/", "propose_fees", ProposeFees.as_view(), "fees.change"),
    pages.Page("fees/proposals/", "fee_proposals", fee_proposals, "fees.view"),
    pages.Page("fees/proposals/<int:proposal_id>/", "fee_proposal", fee_proposal, "fees.view"),
    pages.Page(
        "fees/proposals/<int:proposal_id>/withdraw/",
        "withdraw_fees",
        WithdrawFees.as_view(),
        "fees.change",
    ),
)
