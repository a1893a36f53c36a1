"""Months of the books: closing, reopening with a second person, the year's close."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from backoffice.tenant.adjustments import person
from tenants.selectors import current_tenant
from wallets.bookkeeping import actions, selectors
from wallets.bookkeeping.models import Period, PeriodState
from wallets.bookkeeping.selectors import Month

TONES = {PeriodState.CLOSED: "good", PeriodState.REOPENING: "warn", PeriodState.REOPENED: "warn"}


def periods(request: HttpRequest) -> HttpResponse:
    """Every month since the first entry, and what can be done with it."""
    months = selectors.months(current_tenant().timezone)
    due = selectors.next_to_close(current_tenant().timezone)
    last = selectors.last_closed()

    def state(month: Month) -> Any:
        if month.period is not None:
            text = month.period.get_state_display()
            return cells.badge(text, TONES[PeriodState(month.period.state)])
        return cells.badge(pgettext("period", "Open"), "plain")

    def closed(month: Month) -> Any:
        if month.period is None or not month.is_closed:
            return cells.NOTHING
        return cells.pair(person(month.period.closed_by), cells.when(month.period.closed_at))

    def steps(month: Month) -> Any:
        key = f"{month.first_day:%Y-%m}"
        if access.may(request.user, "periods.close"):
            if due is not None and month.first_day == due.first_day:
                return cells.link(pages.url(request, "close_period", key), _("Close"))
            if (
                last is not None
                and month.period is not None
                and month.period.pk == last.pk
                and last.state == PeriodState.CLOSED
            ):
                return cells.link(pages.url(request, "reopen_period", key), _("Ask to reopen"))
        is_asked = month.period is not None and month.period.state == PeriodState.REOPENING
        if is_asked and access.may(request.user, "bookkeeping.approve"):
            return cells.link(pages.url(request, "decide_reopening", key), _("Decide"))
        return ""

    listing = Listing(
        columns=[
            Column(gettext_lazy("Month"), lambda m: f"{m.first_day:%Y-%m}", "main"),
            Column(gettext_lazy("Ends (UTC)"), lambda m: cells.when(m.ends_at), on_phone=False),
            Column(gettext_lazy("State"), state),
            Column(gettext_lazy("Closed by"), closed),
            Column(gettext_lazy("Next step"), steps),
        ],
        empty_headline=gettext_lazy("The books are empty"),
        empty_sentence=gettext_lazy("Months appear with the first money that moves."),
    )
    return pages.render(
        request,
        "periods.html",
        {
            "table": listing.show(months),
            "years": _years(months) if access.may(request.user, "bookkeeping.request") else [],
        },
        title=_("Periods"),
    )


def _years(months: list[Month]) -> list[dict[str, Any]]:
    """Years whose December is closed, and whether their result is carried."""
    found = []
    for month in months:
        if month.first_day.month == 12 and month.is_closed:
            year = month.first_day.year
            found.append({"year": year, "requests": list(selectors.year_closes(year))})
    return found


def _first_day(month: str) -> date:
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    return day


class OfMonth(ActionPage):
    """Something done with one month."""

    def target(self, month: str) -> Any:  # type: ignore[override]
        row: Period = names.found(
            Period.objects.select_related("reopen_asked_by"), month=_first_day(month)
        )
        return row

    def back(self, target: Any) -> str:
        return self.url("periods")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Periods"), self.url("periods"))]


class Close(OfMonth):
    """Close the month whose turn it is."""

    form_class = StaffForm

    def target(self, month: str) -> date:  # type: ignore[override]
        return _first_day(month)

    def title(self, target: date) -> str:
        return _("Close %(month)s") % {"month": f"{target:%Y-%m}"}

    def explanation(self, target: date) -> list[str]:
        return [
            _("Nothing that belongs to this month can be booked any more."),
            _("To reopen it takes a reason and a second person."),
        ]

    def obstacle(self, target: date) -> str:
        due = selectors.next_to_close(current_tenant().timezone)
        if due is None or due.first_day != target:
            return _("Months are closed one after another, each when it is over.")
        return ""

    def perform(self, target: date, values: dict[str, Any]) -> str:
        actions.close_period(month=target, acting_user=self.request.user)
        return _("%(month)s is closed.") % {"month": f"{target:%Y-%m}"}


class Reopen(OfMonth):
    """Ask for the last closed month to be reopened."""

    danger = True

    def title(self, target: Period) -> str:
        return _("Reopen %(month)s") % {"month": target}

    def confirm_label(self, target: Period) -> str:
        return _("Ask a second person")

    def explanation(self, target: Period) -> list[str]:
        return [_("It stays closed until a second person approves.")]

    def obstacle(self, target: Period) -> str:
        if target.state != PeriodState.CLOSED:
            return _("It is open, or somebody asked for this already.")
        return ""

    def perform(self, target: Period, values: dict[str, Any]) -> str:
        actions.ask_to_reopen(period=target, reason=values["reason"], acting_user=self.request.user)
        return _("A second person has to decide.")


class Decide(OfMonth):
    """The second person's word on reopening a month."""

    template = "decide_reopening.html"

    def title(self, target: Period) -> str:
        return _("Reopen %(month)s?") % {"month": target}

    def confirm_label(self, target: Period) -> str:
        return _("Reopen it")

    def facts(self, target: Period) -> list[tuple[str, Any]]:
        return [
            (_("Asked by"), person(target.reopen_asked_by)),
            (_("Asked (UTC)"), cells.when(target.reopen_asked_at)),
            (_("Reason"), target.reopen_reason),
        ]

    def explanation(self, target: Period) -> list[str]:
        return [_("Entries can be booked into it until it is closed again.")]

    def obstacle(self, target: Period) -> str:
        if target.state != PeriodState.REOPENING:
            return _("Nobody waits for this month to be reopened.")
        if target.reopen_asked_by_id == self.request.user.pk:
            return _("You asked for this yourself. A second person has to decide.")
        return ""

    def perform(self, target: Period, values: dict[str, Any]) -> str:
        # In the address, since a button that is disabled once it is pressed sends no name.
        reopens = "keep" not in self.request.GET
        actions.decide_reopening(
            period=target,
            reopens=reopens,
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("It is open again.") if reopens else _("It stays closed.")


class CloseYear(ActionPage):
    """Ask for a year's result to be carried to retained earnings."""

    form_class = ReasonForm

    def target(self, year: int) -> int:  # type: ignore[override]
        month = _first_day(f"{year:04}-12")
        names.found(Period.objects.all(), month=month)
        return year

    def title(self, target: int) -> str:
        return _("Close the year %(year)s") % {"year": target}

    def confirm_label(self, target: int) -> str:
        return _("Ask a second person")

    def explanation(self, target: int) -> list[str]:
        return [
            _("For each asset an entry is asked for that carries income less expenses to "
              "retained earnings; a second person approves each of them."),
            _("Then the year's months cannot be reopened any more."),
        ]  # fmt: skip

    def facts(self, target: int) -> list[tuple[str, Any]]:
        december = Period.objects.get(month=date(target, 12, 1))
        assets = names.assets()
        return [
            (assets[asset_id].code, names.amount(income - expense, assets[asset_id]))
            for asset_id, income, expense in selectors.results_until(december.ends_at)
        ]

    def obstacle(self, target: int) -> str:
        if selectors.year_closes(target).exists():
            return _("Somebody asked for this already.")
        return ""

    def perform(self, target: int, values: dict[str, Any]) -> str:
        made = actions.request_year_close(
            year=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("%(count)s requests wait for a second person.") % {"count": len(made)}

    def back(self, target: int) -> str:
        return self.url("periods")

    def after(self, target: int) -> str:
        return self.url("entry_requests")

    def crumbs(self, target: int) -> list[tuple[str, str]]:
        return [(_("Periods"), self.url("periods"))]


PAGES = (
    pages.Page("periods/", "periods", periods, "ledger.view"),
    pages.Page("periods/<str:month>/close/", "close_period", Close.as_view(), "periods.close"),
    pages.Page("periods/<str:month>/reopen/", "reopen_period", Reopen.as_view(), "periods.close"),
    pages.Page(
        "periods/<str:month>/decide/", "decide_reopening", Decide.as_view(), "bookkeeping.approve"
    ),
    pages.Page(
        "periods/years/<int:year>/close/", "close_year", CloseYear.as_view(), "bookkeeping.request"
    ),
)
