"""Reports as tables of the staff's pages, and the form over them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.forms import PlainForm
from money.units import format_units
from trading.instruments.info import catalogue
from wallets.exports import kinds
from wallets.reports import actions, asking, periods
from wallets.reports.asking import Asked
from wallets.reports.files import downloads
from wallets.reports.shapes import Amount, Column, Report, plain

Link = Callable[[Any], str]


@dataclass(frozen=True)
class Table:
    """A section as the template shows it: rows of (column, cell, link)."""

    title: str
    columns: tuple[Column, ...]
    rows: list[list[tuple[Column, Any]]]
    sums: list[list[tuple[Column, Any]]]
    badge: Any


def tables(report: Report, link: Link | None = None) -> list[Table]:
    """All sections of a report; the first cell of a line leads to where `link` says."""
    return [
        Table(
            title=str(section.title),
            columns=report.columns,
            rows=[_cells(report, line, link) for line in section.lines],
            sums=[_cells(report, line, None) for line in section.sums],
            badge=cells.badge(str(section.badge), "good" if section.is_good else "bad")
            if section.badge
            else "",
        )
        for section in report.sections
    ]


def _cells(report: Report, line: Any, link: Link | None) -> list[tuple[Column, Any]]:
    made = [(column, cell(report, column, getattr(line, column.name))) for column in report.columns]
    address = link(line) if link else ""
    if address:
        made[0] = (made[0][0], cells.link(address, made[0][1]))
    return made


def cell(report: Report, column: Column, value: Any) -> Any:
    """A value for people: amounts with thousands marks and their asset."""
    if isinstance(value, Amount):
        return cells.money(value.units, value.scale, value.code)
    if isinstance(value, datetime):
        local = value.astimezone(report.zone)
        return format_html(
            '<time datetime="{}" class="bo-time">{} <span>{}</span></time>',
            local.isoformat(),
            cells.day_text(local),
            f"{local:%H:%M:%S}",
        )
    if isinstance(value, int):
        return cells.number(value) if column.is_right and column.kind != "share" else _share(value)
    text = plain(column, value, report.zone)
    return cells.muted(text) if value is None and text else text


def glance(amount: Amount) -> str:
    """An amount with its asset and two places, cut, for a chart's legend."""
    places = min(2, amount.scale)
    cut = amount.units // 10 ** (amount.scale - places)
    return f"{cells.grouped(format_units(cut, places, places))} {amount.code}"


def _share(value: int) -> str:
    return f"{cells.grouped(format_units(value, 2, 2))} %"


class ReportForm(PlainForm):
    """When, in which time zone, valued in what. A field that does not fit is left out."""

    at = forms.CharField(
        label=gettext_lazy("Moment (empty: live)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )
    begin = forms.CharField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    end = forms.CharField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    year = forms.CharField(
        label=gettext_lazy("Year"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 2000, "max": 2100}),
    )
    by = forms.ChoiceField(label=pgettext_lazy("fees by what", "By"), required=False)
    asset = forms.ChoiceField(label=gettext_lazy("Asset"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Valued in"), required=False)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    def __init__(self, *args: Any, keep: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(keep):
            del self.fields[name]
        codes = list(catalogue().by_code)
        for name, choices in (
            ("currency", [(code, code) for code in codes]),
            ("asset", [("", _("All")), *((code, code) for code in codes)]),
            ("zone", [(name, name.replace("_", " ")) for name in periods.zone_names()]),
        ):
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]


def asked(request: HttpRequest, *, by: Iterable[str] = ("",)) -> Asked:
    """The request's parameters, read leniently."""
    return asking.read(request.GET, request.user, by=by)


def answer(
    request: HttpRequest,
    report: Report,
    wanted: Asked,
    *,
    about: Any,
    keep: Iterable[str],
    choices: Iterable[tuple[str, Any]] = (),
    crumbs: Iterable[tuple[str, str]] = (),
    link: Link | None = None,
    chart: Any = "",
    intro: str = "",
    export: tuple[str, dict[str, Any]] | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """The report as the page or the file that was asked for. Who took a file is recorded.

    ``export``: by which name, with which filters beside the request's, it is made in the background
    or kept (`wallets.exports.kinds`).
    """
    if wanted.kind:
        actions.note_download(
            report=report.name, file_kind=wanted.kind, about=about, acting_user=request.user
        )
        return downloads.response(report, wanted.kind)
    form = ReportForm(initial=wanted.initial, keep=keep, auto_id="f_%s")
    if "by" in form.fields:
        form.fields["by"].choices = list(choices)  # type: ignore[attr-defined]
    return pages.render(
        request,
        "report.html",
        {
            "form": form,
            "report": report,
            "tables": tables(report, link),
            "files": [(kind.upper(), _with(request, file=kind)) for kind in downloads.KINDS],
            "chart": chart,
            "intro": intro,
            **_export_links(request, export),
            **(extra or {}),
        },
        title=str(report.title),
        crumbs=[(_("Reports"), pages.url(request, "reports")), *crumbs],
    )


def _export_links(
    request: HttpRequest, export: tuple[str, dict[str, Any]] | None
) -> dict[str, Any]:
    if export is None:
        return {}
    name, beside = export
    query = {key: request.GET.get(key, "") for key in kinds.KINDS[name].keep} | beside
    links = {"background": pages.url(request, "export_report", name, **query)}
    if kinds.KINDS[name].can_be_scheduled and access.may(request.user, "reports.view"):
        links["keep_report"] = pages.url(request, "keep_report", name, **query)
    return links


def _with(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return "?" + query.urlencode()


def all_lines(report: Report) -> list[Any]:
    """The lines of all sections, of a report that is held in memory."""
    return list(chain.from_iterable(section.lines for section in report.sections))
