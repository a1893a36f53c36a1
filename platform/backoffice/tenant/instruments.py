"""Instruments and assets: list, one page with rules in words and history, create, change, halt."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, instrument_words, pages, words
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import history, instrument_forms, names
from money.units import format_units
from trading.instruments import actions
from trading.instruments.models import Instrument, State

RULE_LABELS = {
    "tick_units": gettext_lazy("Tick size"),
    "lot_units": gettext_lazy("Lot size"),
    "min_lots": gettext_lazy("Smallest quantity"),
    "max_lots": gettext_lazy("Largest quantity"),
    "min_notional_units": gettext_lazy("Smallest value"),
    "max_notional_units": gettext_lazy("Largest value"),
    "price_band_bp": gettext_lazy("Price band"),
    "maker_ppm": gettext_lazy("Maker fee"),
    "taker_ppm": gettext_lazy("Taker fee"),
    "state": gettext_lazy("State"),
}


def instruments(request: HttpRequest) -> HttpResponse:
    """Every instrument with its state, steps and fees."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Instrument"), lambda i: i.symbol, "main"),
            Column(gettext_lazy("State"), lambda i: cells.badge(words.state_name(i.state))),
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
    return pages.render(
        request,
        "instrument.html",
        {
            "instrument": row,
            "state": words.state_name(row.state),
            "rules": instrument_words.instrument_rules(row),
            "latest": latest,
            "history": history.steps(
                versions,
                lambda name: str(RULE_LABELS.get(name, name)),
                lambda name, value: rule_text(row, name, value),
                order=list(RULE_LABELS),
            ),
        },
        title=row.symbol,
        crumbs=[(_("Instruments"), pages.url(request, "instruments"))],
    )


def rule_text(row: Instrument, name: str, value: int) -> str:
    """One rule's value as decimal text with its unit."""
    base, quote = row.base, row.quote
    if name == "lot_units":
        return words.amount_text(value, base)
    if name in ("min_lots", "max_lots"):
        return words.amount_text(value * row.lot_units, base)
    if name in ("tick_units", "min_notional_units", "max_notional_units"):
        return words.amount_text(value, quote)
    if name == "price_band_bp":
        return cells.percent_of_bp(value) if value else _("none")
    if name in ("maker_ppm", "taker_ppm"):
        return cells.percent_of_ppm(value)
    return words.state_name(value).replace("_", " ")


class RulesPage(ActionPage):
    """A form of rules that says in words what was typed, while it is typed."""

    template = "rules_form.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """htmx asks for the preview only; nothing is done then."""
        if not request.headers.get("HX-Request"):
            return super().post(request, **kwargs)
        target = self.target(**kwargs)
        form = self.form(target, request.POST)
        return render(request, "backoffice/parts/preview.html", self.extra(target, form))


class CreateInstrument(RulesPage):
    """A new instrument from a template-like form."""

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
        return {
            "tick_size": "0.01",
            "lot_size": "0.0001",
            "min_quantity": "0.0001",
            "max_quantity": "1000",
            "min_notional": "5",
            "max_notional": "0",
            "price_band_bp": "10",
            "maker_ppm": "0.1",
            "taker_ppm": "0.2",
            "state": int(State.OPEN),
        }

    def extra(self, target: Any, form: StaffForm) -> dict[str, Any]:
        is_sound = form.is_bound and form.is_valid()
        return {"preview": instrument_forms.preview_of(form.cleaned_data) if is_sound else []}

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, instrument_forms.RulesForm)
        row = actions.create_instrument(
            symbol=values["symbol"],
            base=values["base"],
            quote=values["quote"],
            state=values["state"],
            acting_user=self.request.user,
            **self.sent.rules(),
        )
        return _("%(symbol)s is created and on its way to the engine.") % {"symbol": row.symbol}

    def back(self, target: Any) -> str:
        return self.url("instruments")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments"))]


class ChangeInstrument(RulesPage):
    """Change the rules; effective in the engine at once."""

    form_class = instrument_forms.ChangeForm

    def target(self, instrument_id: int) -> Instrument:  # type: ignore[override]
        row: Instrument = names.found(
            Instrument.objects.select_related("base", "quote"), pk=instrument_id
        )
        return row

    def title(self, target: Instrument) -> str:
        return _("Rules of %(symbol)s") % {"symbol": target.symbol}

    def confirm_label(self, target: Instrument) -> str:
        return _("Put the rules in force")

    def explanation(self, target: Instrument) -> list[str]:
        return [
            _("In force for every new order within about a second; open orders stay."),
            _("Tick and lot size are permanent: another size is another instrument."),
        ]

    def initial(self, target: Instrument) -> dict[str, Any]:
        base, quote = target.base, target.quote
        return {
            "version": target.versions.count(),
            "tick_size": format_units(target.tick_units, quote.scale),
            "lot_size": format_units(target.lot_units, base.scale),
            "min_quantity": format_units(target.min_lots * target.lot_units, base.scale),
            "max_quantity": format_units(target.max_lots * target.lot_units, base.scale),
            "min_notional": format_units(target.min_notional_units, quote.scale),
            "max_notional": format_units(target.max_notional_units, quote.scale),
            "price_band_bp": format_units(target.price_band_bp, 2),
            "maker_ppm": format_units(target.maker_ppm, 4),
            "taker_ppm": format_units(target.taker_ppm, 4),
        }

    def extra(self, target: Instrument, form: StaffForm) -> dict[str, Any]:
        if form.is_bound and form.is_valid():
            fixed = {name: getattr(target, name) for name in ("base", "quote", "symbol", "state")}
            return {"preview": instrument_forms.preview_of(form.cleaned_data | fixed)}
        return {"preview": [] if form.is_bound else instrument_words.instrument_rules(target)}

    def perform(self, target: Instrument, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, instrument_forms.RulesForm)
        if values["version"] != target.versions.count():
            raise ValidationError(
                _("Someone else has just changed this instrument. Look at the history, then open "
                  "the form again.")
            )  # fmt: skip
        before = target.versions.count()
        row = actions.change_instrument(
            instrument=target,
            acting_user=self.request.user,
            reason=values["reason"],
            **self.sent.rules(),
        )
        if row.versions.count() == before:
            return _("Nothing was different, so nothing was changed.")
        return _("The new rules of %(symbol)s are on their way to the engine.") % {
            "symbol": row.symbol
        }

    def back(self, target: Instrument) -> str:
        return self.url("instrument", target.pk)

    def crumbs(self, target: Instrument) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments")), (target.symbol, self.back(target))]


class SetState(ActionPage):
    """Halt an instrument, let it only be cancelled in, or open it."""

    form_class = instrument_forms.StateForm
    danger = True

    def target(self, instrument_id: int) -> Instrument:  # type: ignore[override]
        row: Instrument = names.found(Instrument.objects.all(), pk=instrument_id)
        return row

    def title(self, target: Instrument) -> str:
        return _("State of %(symbol)s") % {"symbol": target.symbol}

    def confirm_label(self, target: Instrument) -> str:
        return _("Change the state")

    def facts(self, target: Instrument) -> list[tuple[str, Any]]:
        return [
            (_("Instrument"), target.symbol),
            (_("State now"), cells.badge(words.state_name(target.state))),
        ]

    def explanation(self, target: Instrument) -> list[str]:
        return [_("It takes effect for all customers within about a second.")]

    def initial(self, target: Instrument) -> dict[str, Any]:
        return {"state": int(State.HALTED if target.state == State.OPEN else State.OPEN)}

    def perform(self, target: Instrument, values: dict[str, Any]) -> str:
        actions.set_instrument_state(
            instrument=target,
            state=values["state"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("%(symbol)s is on its way to its new state.") % {"symbol": target.symbol}

    def back(self, target: Instrument) -> str:
        return self.url("instrument", target.pk)

    def crumbs(self, target: Instrument) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments")), (target.symbol, self.back(target))]


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
        "instruments/<int:instrument_id>/rules/",
        "change_instrument",
        ChangeInstrument.as_view(),
        "instruments.change",
    ),
    pages.Page(
        "instruments/<int:instrument_id>/state/",
        "set_instrument_state",
        SetState.as_view(),
        "instruments.change",
    ),
    pages.Page(
        "instruments/<int:instrument_id>/prices/",
        "set_prices",
        SetPrices.as_view(),
        "instruments.change",
    ),
)
