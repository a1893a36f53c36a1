"""Trades: the list, and one trade with both sides, its journal entry and its engine event."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.tables import Choice, Column, Days, Listing
from backoffice.tenant import names
from trading.accounts.models import Account
from trading.instruments.models import Instrument
from trading.orders.models import Side, Trade
from wallets.ledger.models import EntryKind


def id_or_nothing(term: str) -> int:
    """A whole number that fits a 64-bit id, else 0 (no order or trade has the id 0)."""
    return int(term) if term.isascii() and term.isdigit() and len(term) < 19 else 0


def trade_columns(request: HttpRequest) -> list[Column]:
    """Columns of a list of trades."""
    return [
        Column(pgettext_lazy("one", "Trade"), lambda t: cells.mono(t.pk), "main"),
        Column(gettext_lazy("Time (UTC)"), lambda t: cells.when(t.time)),
        Column(gettext_lazy("Instrument"), lambda t: t.instrument.symbol),
        Column(gettext_lazy("Taker side"), lambda t: names.side(t.taker_side)),
        Column(gettext_lazy("Price"), lambda t: names.price(t.instrument, t.ticks), "number"),
        Column(gettext_lazy("Quantity"), lambda t: names.quantity(t.instrument, t.lots), "number"),
        Column(
            gettext_lazy("Value"),
            lambda t: names.amount(t.quote_units, t.instrument.quote),
            "number",
        ),
        Column(
            gettext_lazy("Maker"),
            lambda t: _account_id_link(request, t.maker_account_id),
            on_phone=False,
        ),
        Column(
            gettext_lazy("Taker"),
            lambda t: _account_id_link(request, t.taker_account_id),
            on_phone=False,
        ),
    ]


def _account_id_link(request: HttpRequest, account_id: int) -> Any:
    return cells.link(pages.url(request, "account", account_id), account_id)


def _search_trades(rows: QuerySet, term: str) -> QuerySet:
    number = id_or_nothing(term)
    return rows.filter(Q(pk=number) | Q(maker_account_id=number) | Q(taker_account_id=number))


def trades(request: HttpRequest) -> HttpResponse:
    """All trades, newest first; a row leads to its journal entry and engine event."""
    listing = Listing(
        columns=trade_columns(request),
        filters=[
            Choice(
                "instrument",
                gettext_lazy("Instrument"),
                [(str(row.pk), row.symbol) for row in Instrument.objects.all()],
                lambda rows, value: rows.filter(instrument_id=int(value)),
            ),
            Days("time", gettext_lazy("Day"), "time"),
        ],
        search=_search_trades,
        search_hint=gettext_lazy("Trade or account id"),
        empty_headline=gettext_lazy("No trades yet"),
        empty_sentence=gettext_lazy("Trades appear here as soon as they are cleared."),
        row_link=lambda trade: pages.url(request, "trade", trade.pk),
    )
    rows = Trade.objects.select_related("instrument", "instrument__base", "instrument__quote")
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, rows)},
        title=pgettext("staff", "Trades"),
    )


def trade(request: HttpRequest, trade_id: int) -> HttpResponse:
    """One trade: both sides, fees, its journal entry and its engine event."""
    row = names.found(
        Trade.objects.select_related("instrument", "instrument__base", "instrument__quote"),
        pk=trade_id,
    )
    accounts = Account.objects.select_related("user").in_bulk(
        [row.maker_account_id, row.taker_account_id]
    )
    buyer_is_taker = row.taker_side == Side.BUY
    sides = []
    for name, account_id, order_id, fee_units, is_buyer in (
        (_("Maker"), row.maker_account_id, row.maker_order_id, row.maker_fee_units,
         not buyer_is_taker),
        (_("Taker"), row.taker_account_id, row.taker_order_id, row.taker_fee_units,
         buyer_is_taker),
    ):  # fmt: skip
        fee_asset = row.instrument.base if is_buyer else row.instrument.quote
        sides.append(
            (
                name,
                [
                    (_("Account"), names.account_link(request, accounts.get(account_id))),
                    (_("Side"), names.side(Side.BUY if is_buyer else Side.SELL)),
                    (_("Order"), cells.link(pages.url(request, "order", order_id), order_id)),
                    (_("Fee"), names.amount(fee_units, fee_asset)),
                ],
            )
        )
    facts = [
        (_("Time (UTC)"), cells.when(row.time)),
        (_("Instrument"), row.instrument.symbol),
        (_("Price"), names.price(row.instrument, row.ticks)),
        (_("Quantity"), names.quantity(row.instrument, row.lots)),
        (_("Value"), names.amount(row.quote_units, row.instrument.quote)),
    ]
    entry = (
        names.entries_of_seq(row.seq).filter(kind=EntryKind.SPOT_FILL, reference_id=row.pk).first()
    )
    if access.may(request.user, "ledger.view"):
        facts.append((_("Engine event"), _event_link(request, row.seq)))
        if entry:
            facts.append(
                (_("Journal entry"), cells.link(pages.url(request, "entry", entry.pk), entry.pk))
            )
    return pages.render(
        request,
        "trade.html",
        {"facts": facts, "sides": sides},
        title=_("Trade %(id)s") % {"id": row.pk},
        crumbs=[(pgettext("staff", "Trades"), pages.url(request, "trades"))],
    )


def _event_link(request: HttpRequest, seq: int) -> Any:
    return cells.link(pages.url(request, "engine_record", seq), _("seq %(seq)s") % {"seq": seq})


PAGES = (
    pages.Page("trades/", "trades", trades, "orders.view"),
    pages.Page("trades/<int:trade_id>/", "trade", trade, "orders.view"),
)
