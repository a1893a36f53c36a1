"""Reports in the background, kept under a name, and coming by themselves."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.editing import EditPage
from backoffice.forms import StaffForm
from backoffice.report_tables import ReportForm
from backoffice.tables import Column, Listing
from wallets.exports import actions, kinds, selectors
from wallets.exports.errors import ExportError
from wallets.exports.models import SavedReport, Schedule, Span
from wallets.reports import revenue
from wallets.reports.files import downloads

FILES = [(name, name.upper()) for name in downloads.KINDS]
_FILTER_FIELDS = ("at", "begin", "end", "year", "by", "asset", "currency", "zone")
_FILTER_WORDS = {
    "at": gettext_lazy("Moment"),
    "begin": gettext_lazy("From"),
    "end": gettext_lazy("Until"),
    "year": gettext_lazy("Year"),
    "by": pgettext_lazy("fees by what", "By"),
    "asset": gettext_lazy("Asset"),
    "currency": gettext_lazy("Valued in"),
    "zone": gettext_lazy("Time zone"),
    "account": gettext_lazy("Account"),
    "user": gettext_lazy("Customer"),
}


def _kind(name: str) -> kinds.ReportKind:
    try:
        return kinds.kind_of(name)
    except ExportError:
        raise Http404 from None


class FilterForm(StaffForm):
    """The fields of a report's filters, with a file kind."""

    file_kind = forms.ChoiceField(label=gettext_lazy("File"), choices=FILES, initial="xlsx")
    beside = forms.CharField(widget=forms.HiddenInput, required=False, max_length=19)

    def __init__(self, *args: Any, kind: kinds.ReportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        shown = ReportForm(keep=[name for name in kind.keep if name in _FILTER_FIELDS])
        for name, field in shown.fields.items():
            field.required = False
            self.fields[name] = field
        if "by" in shown.fields:
            self.fields["by"].choices = [  # type: ignore[attr-defined]
                (name, str(label)) for name, label in revenue.GROUPINGS.items()
            ]
        if "zone" in shown.fields:
            zone: Any = self.fields["zone"]
            zone.choices = [("", _("Mine")), *zone.choices]
        if "currency" in shown.fields:
            currency: Any = self.fields["currency"]
            currency.choices = [("", _("The firm's own")), *currency.choices]

    def filters(self) -> dict[str, str]:
        """What was chosen, by the names of the filters."""
        found = {n: str(self.cleaned_data.get(n) or "") for n in self.kind.keep if n in self.fields}
        if self.kind.about:
            found[self.kind.about] = self.cleaned_data.get("beside") or ""
        return found


def _from_query(request: HttpRequest, kind: kinds.ReportKind) -> dict[str, Any]:
    """What the page that led here had chosen."""
    found: dict[str, Any] = {name: request.GET.get(name, "")[:64] for name in kind.keep}
    if kind.about:
        found["beside"] = found.pop(kind.about)
    return {name: value for name, value in found.items() if value}


class ExportReport(ActionPage):
    """Have a report made as a file in the background."""

    def target(self, report: str) -> kinds.ReportKind:  # type: ignore[override]
        kind = _kind(report)
        if not kinds.may(self.request.user, {"report": report}):
            raise PermissionDenied
        return kind

    def form(self, target: kinds.ReportKind, data: Any = None, files: Any = None) -> StaffForm:
        return FilterForm(data, files, kind=target, initial=_from_query(self.request, target))

    def title(self, target: kinds.ReportKind) -> str:
        return _("%(report)s in the background") % {"report": target.title}

    def confirm_label(self, target: kinds.ReportKind) -> str:
        return _("Make the file")

    def explanation(self, target: kinds.ReportKind) -> list[str]:
        return [
            _("You see how far it is, can cancel it, and take the file when it is ready."),
            _("A long one goes on while you work elsewhere."),
        ]

    def perform(self, target: kinds.ReportKind, values: dict[str, Any]) -> str:
        form: Any = self.sent
        self.made = actions.export(
            report=self.kwargs["report"],
            filters=form.filters(),
            file_kind=values["file_kind"],
            acting_user=self.request.user,
        )
        return _("It is on its way.")

    def back(self, target: kinds.ReportKind) -> str:
        name = "reports" if access.may(self.request.user, "reports.view") else "jobs"
        return self.url(name)

    def after(self, target: kinds.ReportKind) -> str:
        return self.url("job", self.made.pk)


class KeepForm(FilterForm):
    """A name, filters, and when the file comes by itself to whom."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    schedule = forms.ChoiceField(
        label=gettext_lazy("Comes by itself"), choices=Schedule.choices, required=True
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("At"),
        coerce=int,
        choices=[(n, f"{n:02d}:00") for n in range(24)],
        initial=6,
    )
    span = forms.ChoiceField(
        label=gettext_lazy("About"),
        choices=Span.choices,
        help_text=gettext_lazy("Days of the firm's time zone; books are of the last day's end."),
    )
    recipients = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Mail a link to"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who has lost the right by then gets nothing."),
    )

    def __init__(self, *args: Any, report: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = selectors.firm_zone().key
        self.fields["hour"].help_text = _("In the firm's time zone, %(zone)s.") % {"zone": zone}
        recipients: Any = self.fields["recipients"]
        recipients.choices = [
            (user.pk, f"{user.name or user.email} ({access.role_title(user)})")
            for user in selectors.people_with_right(report)
        ]
        first = ["name", "schedule", "hour", "span", "recipients", "file_kind"]
        self.order_fields([*first, *(name for name in self.fields if name not in first)])


class KeepReport(ExportReport):
    """Keep a report's filters under a name."""

    def form(self, target: kinds.ReportKind, data: Any = None, files: Any = None) -> StaffForm:
        initial = _from_query(self.request, target) | {"name": str(target.title)}
        return KeepForm(data, files, kind=target, report=self.kwargs["report"], initial=initial)

    def title(self, target: kinds.ReportKind) -> str:
        return _("Keep %(report)s") % {"report": target.title}

    def confirm_label(self, target: kinds.ReportKind) -> str:
        return pgettext("save", "Keep it")

    def explanation(self, target: kinds.ReportKind) -> list[str]:
        return [
            _("Colleagues with the right to this report see it under its name."),
            _("A file that comes by itself is mailed as a link, which asks for sign-in and right."),
        ]

    def perform(self, target: kinds.ReportKind, values: dict[str, Any]) -> str:
        form: Any = self.sent
        actions.keep(
            saved=None,
            report=self.kwargs["report"],
            filters=form.filters(),
            acting_user=self.request.user,
            **_kept(values),
        )
        return _("%(name)s is kept.") % {"name": values["name"]}

    def back(self, target: kinds.ReportKind) -> str:
        return self.url("saved_reports")

    def after(self, target: kinds.ReportKind) -> str:
        return self.back(target)


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": values["name"],
        "schedule_of": values["schedule"],
        "span": values["span"],
        "hour": values["hour"],
        "file_kind": values["file_kind"],
        "recipients": values["recipients"],
    }


def saved_reports(request: HttpRequest) -> HttpResponse:
    """Kept reports that the reader has the right to."""
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Name"),
                lambda row: cells.pair(row.name, kinds.KINDS[row.report].title),
                "main",
            ),
            Column(gettext_lazy("Comes by itself"), _schedule),
            Column(gettext_lazy("Next (UTC)"), lambda row: cells.when(row.next_due_at)),
            Column(
                pgettext_lazy("recipient", "To"), lambda row: len(row.recipients) or "–", "number"
            ),
            Column(gettext_lazy("Kept by"), lambda row: row.owner.get_short_name()),
        ],
        row_link=lambda row: pages.url(request, "saved_report", row.pk),
        empty_headline=gettext_lazy("No report is kept yet"),
        empty_sentence=gettext_lazy("Open a report, choose its filters, and press Keep."),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.show(selectors.saved_reports(request.user))},
        title=_("Kept reports"),
        crumbs=[(_("Reports"), pages.url(request, "reports"))],
    )


def _schedule(row: SavedReport) -> Any:
    if row.stopped_because:
        return cells.badge(_("stopped"), "bad")
    if row.schedule == Schedule.NONE:
        return "–"
    return f"{row.get_schedule_display()}, {row.hour:02d}:00"


def saved_report(request: HttpRequest, saved_id: int) -> HttpResponse:
    """One kept report: what it is, when it comes, what to do with it."""
    row = selectors.access_saved(request.user, saved_id)
    kind = kinds.KINDS[row.report]
    people = {user.pk: user for user in selectors.people_with_right(row.report)}
    told = [people[pk].email for pk in row.recipients if pk in people]
    lost = len(row.recipients) - len(told)
    facts = [
        (_("Report"), kind.title),
        *filter_facts(row.filters),
        (_("File"), row.file_kind.upper()),
        (_("Comes by itself"), _schedule(row)),
        (_("About"), row.get_span_display()),
        (_("Next (UTC)"), cells.when(row.next_due_at)),
        (_("Last (UTC)"), cells.when(row.last_due_at)),
        (_("Mailed to"), cells.lines(told)),
        (_("Kept by"), row.owner.get_short_name()),
    ]
    if lost:
        facts.append((_("Without the right by now"), lost))
    if row.stopped_because:
        facts.append((_("Stopped"), _(row.stopped_because)))
    return pages.render(
        request,
        "saved_report.html",
        {
            "facts": facts,
            "saved": row,
            "is_own": row.owner_id == request.user.pk,
            "open_address": _open_address(request, row),
        },
        title=row.name,
        crumbs=_crumbs(request),
    )


def filter_facts(filters: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The filters of a report in words."""
    return [
        (
            _FILTER_WORDS.get(name, name),
            revenue.GROUPINGS.get(value, value) if name == "by" else cells.mono(value),
        )
        for name, value in sorted(filters.items())
    ]


def _open_address(request: HttpRequest, row: SavedReport) -> str:
    """The report's page with what was kept; of a customer's report the customer is an argument."""
    query = dict(row.filters)
    about = kinds.KINDS[row.report].about
    args = [int(query.pop(about))] if about else []
    return pages.url(request, row.report, *args, **query)


def _crumbs(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (_("Reports"), pages.url(request, "reports")),
        (_("Kept reports"), pages.url(request, "saved_reports")),
    ]


class EditSaved(EditPage):
    """Change what was kept, by whoever kept it."""

    def target(self, saved_id: int) -> SavedReport:  # type: ignore[override]
        return selectors.access_saved(self.request.user, saved_id, own=True)

    def open_form(self, target: SavedReport, data: Any = None, files: Any = None) -> StaffForm:
        kind = kinds.KINDS[target.report]
        initial: dict[str, Any] = dict(target.filters) | {
            "name": target.name,
            "schedule": target.schedule,
            "hour": target.hour,
            "span": target.span,
            "recipients": target.recipients,
            "file_kind": target.file_kind,
        }
        if kind.about:
            initial["beside"] = initial.pop(kind.about, "")
        return KeepForm(data, files, kind=kind, report=target.report, initial=initial)

    def title(self, target: SavedReport) -> str:
        return _("Change %(name)s") % {"name": target.name}

    def confirm_label(self, target: SavedReport) -> str:
        return pgettext("save", "Keep it")

    def perform(self, target: SavedReport, values: dict[str, Any]) -> str:
        form: Any = self.sent
        actions.keep(
            saved=target,
            report=target.report,
            filters=form.filters(),
            acting_user=self.request.user,
            **_kept(values),
        )
        return _("%(name)s is kept.") % {"name": values["name"]}

    def back(self, target: SavedReport) -> str:
        return self.url("saved_report", target.pk)

    def crumbs(self, target: SavedReport) -> list[tuple[str, str]]:
        return [*_crumbs(self.request), (target.name, self.back(target))]


class _SavedAction(ActionPage):
    form_class = StaffForm
    own = False

    def target(self, saved_id: int) -> SavedReport:  # type: ignore[override]
        return selectors.access_saved(self.request.user, saved_id, own=self.own)

    def back(self, target: SavedReport) -> str:
        return self.url("saved_report", target.pk)

    def crumbs(self, target: SavedReport) -> list[tuple[str, str]]:
        return [*_crumbs(self.request), (target.name, self.back(target))]


class RunSaved(_SavedAction):
    """Make its file now."""

    def title(self, target: SavedReport) -> str:
        return _("Make the file of %(name)s now") % {"name": target.name}

    def explanation(self, target: SavedReport) -> list[str]:
        return [_("It is made for you alone; nobody is mailed.")]

    def perform(self, target: SavedReport, values: dict[str, Any]) -> str:
        self.made = actions.run_now(saved=target, acting_user=self.request.user)
        return _("It is on its way.")

    def after(self, target: SavedReport) -> str:
        return self.url("job", self.made.pk)


class RemoveSaved(_SavedAction):
    """Keep it no more."""

    own = True
    danger = True

    def title(self, target: SavedReport) -> str:
        return _("Remove %(name)s") % {"name": target.name}

    def explanation(self, target: SavedReport) -> list[str]:
        return [_("It comes no more. Files that were made of it stay until their time is over.")]

    def perform(self, target: SavedReport, values: dict[str, Any]) -> str:
        actions.remove(saved=target, acting_user=self.request.user)
        return _("%(name)s is removed.") % {"name": target.name}

    def after(self, target: SavedReport) -> str:
        return self.url("saved_reports")


PAGES = (
    pages.Page(
        "reports/export/<slug:report>/", "export_report", ExportReport.as_view(), "ledger.view"
    ),
    pages.Page("reports/keep/<slug:report>/", "keep_report", KeepReport.as_view(), "reports.view"),
    pages.Page("reports/kept/", "saved_reports", saved_reports, "reports.view"),
    pages.Page("reports/kept/<int:saved_id>/", "saved_report", saved_report, "reports.view"),
    pages.Page(
        "reports/kept/<int:saved_id>/edit/", "edit_saved", EditSaved.as_view(), "reports.view"
    ),
    pages.Page("reports/kept/<int:saved_id>/run/", "run_saved", RunSaved.as_view(), "reports.view"),
    pages.Page(
        "reports/kept/<int:saved_id>/remove/",
        "remove_saved",
        RemoveSaved.as_view(),
        "reports.view",
    ),
)
