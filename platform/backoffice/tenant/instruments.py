"""Instruments and assets: list, one page with rules in words and history, create, change, halt."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, instrument_words, pages, words
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import (
    history,
    hours,
    instrument_changes,
    instrument_forms,
    names,
)
from backoffice.tenant.instrument_rules import (
    RULE_LABELS,
    RulesPage,
    preview,
    refuse_nonsense,
    rule_text,
    rule_values,
)
from trading.instruments import actions, selectors
from trading.instruments.models import Instrument, Reason, State, StateChange

_STATE_CHANGES = 20
# Rules to begin with, by what is traded.
SHAPES: dict[str, tuple[Any, dict[str, str]]] = {
    "major": (
        gettext_lazy("A major coin"),
        {
            "tick_size": "0.01", "lot_size": "0.0001", "min_quantity": "0.0001",
            "max_quantity": "1000", "min_notional": "5", "max_notional": "0",
            "price_band_bp": "10", "maker_ppm": "0.1", "taker_ppm": "0.2",
        },
    ),
    "token": (
        gettext_lazy("A token of a few cents"),
        {
            "tick_size": "0.00001", "lot_size": "1", "min_quantity": "1",
            "max_quantity": "10000000", "min_notional": "5", "max_notional": "0",
            "price_band_bp": "20", "maker_ppm": "0.1", "taker_ppm": "0.2",
        },
    ),
    "stable": (
        gettext_lazy("Two stable coins"),
        {
            "tick_size": "0.0001", "lot_size": "0.01", "min_quantity": "1",
            "max_quantity": "1000000", "min_notional": "5", "max_notional": "0",
            "price_band_bp": "2", "maker_ppm": "0", "taker_ppm": "0.02",
        },
    ),
}  # fmt: skip


def instruments(request: HttpRequest) -> HttpResponse:
    """Every instrument with its state, steps and fees."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Instrument"), lambda i: i.symbol, "main"),
            Column(gettext_lazy("State"), lambda i: words.state_badge(i.state)),
            Column(
                gettext_lazy("Tick"),
                lambda i: cells.money(i.tick_units, i.quote.scale, i.quote.code, places=0),
                "number",
            ),
            Column(
                gettext_lazy("Lot"),
                lambda i: cells.money(i.lot_units, i.base.scale, i.base.code, places=0),
                "number",
            ),
            Column(
                gettext_lazy("Smallest value"),
                lambda i: names.amount(i.min_notional_units, i.quote),
                "number",
            ),
            Column(
                gettext_lazy("Maker / taker"),
                lambda i: (
                    f"{cells.percent_of_ppm(i.maker_ppm)} / {cells.percent_of_ppm(i.taker_ppm)}"
                ),
                "number",
            ),
        ],
        order=("symbol",),
        search=lambda rows, term: rows.filter(symbol__icontains=term),
        search_hint=gettext_lazy("Symbol"),
        empty_headline=gettext_lazy("No instruments yet"),
        empty_sentence=gettext_lazy("Create one and it can be traded at once."),
        row_link=lambda row: pages.url(request, "instrument", row.pk),
    )
    buttons = []
    if access.may(request.user, "instruments.change"):
        buttons.append(
            (_("New instrument"), pages.url(request, "create_instrument"), "bo-button-primary")
        )
    rows = Instrument.objects.select_related("base", "quote")
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, rows), "buttons": buttons},
        title=_("Instruments"),
    )


def instrument(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """One instrument: its rules in words, its state, who changed what when."""
    row: Instrument = names.found(
        Instrument.objects.select_related("base", "quote"), pk=instrument_id
    )
    versions = list(row.versions.select_related("command")[:50])
    latest = history.command_state(versions[0].command) if versions else None
    steps = history.steps(
        versions,
        lambda name: str(RULE_LABELS.get(name, name)),
        lambda name, value: rule_text(row, name, value),
        order=list(RULE_LABELS),
    )
    may_change = access.may(request.user, "instruments.change")
    for step in steps[1:] if may_change else ():
        step["back"] = pages.url(request, "roll_back", row.pk, step["version"])
    return pages.render(
        request,
        "instrument.html",
        {
            "may_change": may_change,
            "instrument": row,
            "state": words.state_badge(row.state),
            "rules": instrument_words.instrument_rules(row),
            "gathers": row.state == State.AUCTION,
            "reopens_at": row.reopens_at,
            "changes": [
                state_change(row, change)
                for change in selectors.state_changes(row)[:_STATE_CHANGES]
            ],
            **hours.section(row),
            "latest": latest,
            "scheduled": instrument_changes.scheduled(request, row),
            "history": steps,
        },
        title=row.symbol,
        crumbs=[(_("Instruments"), pages.url(request, "instruments"))],
    )


def state_change(row: Instrument, change: StateChange) -> dict[str, Any]:
    """A state the engine brought an instrument into, in words."""
    told = {"at": change.time, "state": words.state_badge(change.state), "auction": ""}
    told["why"] = "" if change.reason == Reason.REQUESTED else change.get_reason_display()
    if change.auction_ticks:
        told["auction"] = _("%(quantity)s traded at %(price)s") % {
            "quantity": words.amount_text(change.auction_lots * row.lot_units, row.base),
            "price": words.amount_text(change.auction_ticks * row.tick_units, row.quote),
        }
    return told


class CreateInstrument(RulesPage):
    """A new instrument: a template, one form, and what it means in words."""

    template = "create_instrument.html"

    form_class = instrument_forms.CreateForm

    def title(self, target: Any) -> str:
        return _("New instrument")

    def confirm_label(self, target: Any) -> str:
        return _("Create the instrument")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("It can be traded as soon as the engine has it, within about a second."),
            _("Begin as halted to look at it first, then open it."),
        ]

    def initial(self, target: Any) -> dict[str, Any]:
        """Of the template that was chosen: an instrument there is, or a shape."""
        like = self.request.GET.get("like", "")
        if like.isascii() and like.isdigit() and len(like) < 19:
            row = Instrument.objects.select_related("base", "quote").filter(pk=int(like)).first()
            if row is not None:
                return {**rule_values(row), "quote": row.quote, "state": int(State.OPEN)}
        return {**SHAPES.get(like, SHAPES["major"])[1], "state": int(State.OPEN)}

    def extra(self, target: Any, form: StaffForm) -> dict[str, Any]:
        like = self.request.GET.get("like", "major")
        shown = preview(form.cleaned_data) if form.is_bound and form.is_valid() else {"preview": []}
        return {
            **shown,
            "templates": [
                *((name, title, like == name) for name, (title, _fields) in SHAPES.items()),
                *(
                    (
                        str(row.pk),
                        _("Like %(symbol)s") % {"symbol": row.symbol},
                        like == str(row.pk),
                    )
                    for row in Instrument.objects.order_by("symbol")[:12]
                ),
            ],
        }

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, instrument_forms.RulesForm)
        refuse_nonsense(values)
        fields = {
            "symbol": values["symbol"],
            "base": values["base"],
            "quote": values["quote"],
            "reference_price": values["price"],
            **self.sent.rules(),
        }
        if values["at"]:
            row = actions.publish_instrument(
                at=values["at"], state=values["state"], acting_user=self.request.user, **fields
            )
            return _("%(symbol)s is created and opens by itself.") % {"symbol": row.symbol}
        row = actions.create_instrument(
            state=values["state"], acting_user=self.request.user, **fields
        )
        return _("%(symbol)s is created and on its way to the engine.") % {"symbol": row.symbol}

    def back(self, target: Any) -> str:
        return self.url("instruments")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments"))]


class SetPrices(ActionPage):
    """Tell the engine a mark or index price by hand."""

    form_class = instrument_forms.PricesForm
    danger = True

    def target(self, instrument_id: int) -> Instrument:  # type: ignore[override]
        row: Instrument = names.found(
            Instrument.objects.select_related("base", "quote"), pk=instrument_id
        )
        return row

    def title(self, target: Instrument) -> str:
        return _("Mark and index price of %(symbol)s") % {"symbol": target.symbol}

    def confirm_label(self, target: Instrument) -> str:
        return _("Set the prices")

    def facts(self, target: Instrument) -> list[tuple[str, Any]]:
        return [(_("Instrument"), target.symbol), (_("Price in"), target.quote.code)]

    def explanation(self, target: Instrument) -> list[str]:
        return [
            _("Orders that wait for such a price are sent on at once, and trailing stops follow."),
            _("A price feed overwrites what is set here with its next price."),
        ]

    def perform(self, target: Instrument, values: dict[str, Any]) -> str:
        actions.set_prices(
            instrument=target,
            mark_price=values["mark_price"],
            index_price=values["index_price"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The prices of %(symbol)s are on their way.") % {"symbol": target.symbol}

    def back(self, target: Instrument) -> str:
        return self.url("instrument", target.pk)

    def crumbs(self, target: Instrument) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments")), (target.symbol, self.back(target))]


PAGES = (
    pages.Page("instruments/", "instruments", instruments, "instruments.view"),
    pages.Page(
        "instruments/new/", "create_instrument", CreateInstrument.as_view(), "instruments.change"
    ),
    pages.Page("instruments/<int:instrument_id>/", "instrument", instrument, "instruments.view"),
    pages.Page(
        "instruments/<int:instrument_id>/prices/",
        "set_prices",
        SetPrices.as_view(),
        "instruments.change",
    ),
)
