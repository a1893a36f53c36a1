"""Rebuilds: the tables once more out of the engine journal, what differs, and having it mended."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant import kept_words, names
from backoffice.tenant.adjustments import person
from clearing.models import Rebuild, RebuildDifference, RebuildState
from clearing.rebuilding import actions, selectors, states

TONES = {
    RebuildState.ASKED: "brand",
    RebuildState.BUILDING: "brand",
    RebuildState.SAME: "good",
    RebuildState.COMPARED: "bad",
    RebuildState.APPROVED: "brand",
    RebuildState.MENDED: "good",
    RebuildState.REFUSED: "plain",
    RebuildState.FAILED: "bad",
}
KIND_WORDS = {
    "missing": gettext_lazy("missing"),
    "extra": gettext_lazy("too many"),
    "different": gettext_lazy("different"),
}
MOST_SHOWN = 100


def state_badge(row: Rebuild) -> Any:
    words = _("Differs") if row.state == RebuildState.COMPARED else row.get_state_display()
    return cells.badge(words, TONES[RebuildState(row.state)])


def _differences(row: Rebuild) -> int:
    return sum(table[kind] for table in row.tables for kind in ("missing", "extra", "different"))


def rebuilds(request: HttpRequest) -> HttpResponse:
    """All rebuilds, newest first."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Rebuild"), lambda r: cells.mono(r.pk), "main"),
            Column(gettext_lazy("Reason"), lambda r: r.reason[:80]),
            Column(
                gettext_lazy("Asked by"),
                lambda r: cells.pair(person(r.asked_by), cells.when(r.asked_at)),
            ),
            Column(gettext_lazy("Engine seq"), lambda r: cells.mono(r.seq), "number"),
            Column(gettext_lazy("Differences"), lambda r: cells.number(_differences(r)), "number"),
            Column(gettext_lazy("State"), state_badge),
        ],
        filters=[
            by_state(RebuildState.choices),
        ],
        empty_headline=gettext_lazy("The tables have not been built again yet"),
        empty_sentence=gettext_lazy(
            "Everything that clearing writes can be built anew from the engine journal."
        ),
        row_link=lambda row: pages.url(request, "rebuild", row.pk),
    )
    buttons = []
    if access.may(request.user, "rebuild.ask"):
        buttons.append((_("Build again"), pages.url(request, "ask_rebuild"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, selectors.rebuilds()),
            "intro": _("Orders, trades, the ledger and candles, compared with the engine journal."),
            "buttons": buttons,
        },
        title=_("Rebuilds"),
    )


def rebuild(request: HttpRequest, rebuild_id: int) -> HttpResponse:
    """One rebuild: how far it is, what each table came to, the rows that differ."""
    row: Rebuild = names.found(selectors.rebuilds(), pk=rebuild_id)
    facts = [
        (_("State"), state_badge(row)),
        (_("Reason"), row.reason),
        (_("Asked by"), cells.pair(person(row.asked_by), cells.when(row.asked_at))),
        (_("Engine seq"), cells.mono(row.seq)),
    ]
    if row.decided_by:
        facts.append(
            (_("Second person"), cells.pair(person(row.decided_by), cells.when(row.decided_at)))
        )
    if row.mended_rows:
        facts.append((_("Rows mended"), cells.number(row.mended_rows)))
    if row.problem:
        facts.append((_("Problem"), kept_words.sentence(row.problem)))
    is_own = row.asked_by_id == request.user.pk
    waits = row.state == RebuildState.COMPARED
    context: dict[str, Any] = {
        "facts": facts,
        "rebuild": row,
        "is_under_way": row.state in states.UNDERWAY,
        "percent": 100 * row.seq // row.target_seq if row.target_seq else 0,
        "may_decide": waits and not is_own and access.may(request.user, "rebuild.approve"),
        "waits_for_another": waits and is_own,
        "table": _difference_list(request, row) if row.compared_at else None,
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "rebuild.html",
        context,
        title=_("Rebuild %(id)s") % {"id": row.pk},
        crumbs=[(_("Rebuilds"), pages.url(request, "rebuilds"))],
    )


def _difference_list(request: HttpRequest, row: Rebuild) -> Any:
    def event(item: RebuildDifference) -> Any:
        if item.event_seq is None:
            return cells.NOTHING
        return cells.link(pages.url(request, "engine_record", item.event_seq), item.event_seq)

    return Listing(
        columns=[
            Column(
                gettext_lazy("Row"),
                lambda d: cells.pair(d.table, ", ".join(str(part) for part in d.key)),
                "main",
            ),
            Column(gettext_lazy("What"), lambda d: KIND_WORDS[d.kind]),
            Column(gettext_lazy("As it is"), lambda d: _text(d.live, d.rebuilt)),
            Column(gettext_lazy("As the journal says"), lambda d: _text(d.rebuilt, d.live)),
            Column(gettext_lazy("Engine event"), event, "number"),
        ],
        empty_headline=gettext_lazy("No row differs"),
    ).show(row.differences.all()[:MOST_SHOWN])


def _text(row: dict[str, Any] | None, other: dict[str, Any] | None) -> Any:
    """The fields that differ, or all of a row that stands on one side only."""
    if row is None:
        return cells.NOTHING
    fields = {
        name: value for name, value in row.items() if other is None or other.get(name) != value
    }
    return cells.mono(json.dumps(fields, separators=(", ", ": "))[1:-1].replace('"', "")[:400])


class Ask(ActionPage):
    """Have the tables built again and compared."""

    icon = "restart_alt"

    def title(self, target: Any) -> str:
        return _("Build the tables again")

    def confirm_label(self, target: Any) -> str:
        return _("Build and compare")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("The tables are built beside the live ones from the whole engine journal."),
            _("Nothing is changed: rows that differ are shown, and a second person decides."),
            _("Trading goes on. On a long journal it takes a while and keeps a processor busy."),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        self.made = actions.ask_for_rebuild(reason=values["reason"], acting_user=self.request.user)
        return _("The tables are being built again.")

    def back(self, target: Any) -> str:
        return self.url("rebuilds")

    def after(self, target: Any) -> str:
        return self.url("rebuild", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Rebuilds"), self.url("rebuilds"))]


class Decision(ActionPage):
    """The second person's word on rows that differ."""

    def target(self, rebuild_id: int) -> Rebuild:  # type: ignore[override]
        row: Rebuild = names.found(selectors.rebuilds(), pk=rebuild_id)
        return row

    def facts(self, target: Rebuild) -> list[tuple[str, Any]]:
        return [
            (_("Reason"), target.reason),
            (_("Asked by"), person(target.asked_by)),
            (_("Rows that differ"), cells.number(_differences(target))),
            (_("Tables"), ", ".join(t["table"] for t in target.tables if _any(t)) or cells.NOTHING),
        ]

    def obstacle(self, target: Rebuild) -> str:
        if target.state != RebuildState.COMPARED:
            return _("This rebuild does not wait for a decision.")
        if target.asked_by_id == self.request.user.pk:
            return _("You asked for this yourself. A second person has to decide.")
        return ""

    def back(self, target: Rebuild) -> str:
        return self.url("rebuild", target.pk)

    def crumbs(self, target: Rebuild) -> list[tuple[str, str]]:
        return [(_("Rebuilds"), self.url("rebuilds")), (str(target.pk), self.back(target))]


def _any(table: dict[str, Any]) -> bool:
    return bool(table["missing"] or table["extra"] or table["different"])


class Approve(Decision):
    """Have the rows replaced."""

    form_class = ReasonForm

    def title(self, target: Rebuild) -> str:
        return _("Mend what rebuild %(id)s found") % {"id": target.pk}

    def confirm_label(self, target: Rebuild) -> str:
        return _("Mend the rows")

    def explanation(self, target: Rebuild) -> list[str]:
        return [
            _("Rows that differ are replaced by what the engine journal says."),
            _("Clearing waits for a moment; nothing of the engine changes."),
        ]

    def perform(self, target: Rebuild, values: dict[str, Any]) -> str:
        actions.approve_mending(row=target, acting_user=self.request.user, reason=values["reason"])
        return _("The rows are being mended.")


class Refuse(Decision):
    """Leave everything as it is."""

    danger = True

    def title(self, target: Rebuild) -> str:
        return _("Refuse rebuild %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Rebuild) -> str:
        return _("Refuse")

    def perform(self, target: Rebuild, values: dict[str, Any]) -> str:
        actions.refuse_mending(row=target, acting_user=self.request.user, reason=values["reason"])
        return _("Refused. Everything stays as it is.")


_ONE = "rebuilds/<int:rebuild_id>/"
PAGES = (
    pages.Page("rebuilds/", "rebuilds", rebuilds, "ledger.view"),
    pages.Page("rebuilds/ask/", "ask_rebuild", Ask.as_view(), "rebuild.ask"),
    pages.Page(_ONE, "rebuild", rebuild, "ledger.view"),
    pages.Page(f"{_ONE}approve/", "approve_rebuild", Approve.as_view(), "rebuild.approve"),
    pages.Page(f"{_ONE}refuse/", "refuse_rebuild", Refuse.as_view(), "rebuild.approve"),
)
