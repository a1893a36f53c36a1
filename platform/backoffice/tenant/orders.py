"""Orders: the list, one order's whole life, cancelling for a customer with a reason."""

import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, actions, cells, engine_words, pages, state_words, words
from backoffice.action import ActionPage
from backoffice.tables import Choice, Column, Days, Listing
from backoffice.tenant import journal, names, trades
from trading.accounts.models import Account, AccountRole
from trading.commands import door
from trading.engine import enums, events, queries
from trading.instruments.models import Instrument
from trading.orders import shapes
from trading.orders.models import (
    OPEN_STATUSES,
    ListType,
    Order,
    OrderList,
    OrderType,
    Replacement,
    Side,
    Status,
    Trade,
)

MOST_REPLACEMENTS = 500  # a program may replace its order for hours


def _search_orders(rows: QuerySet, term: str) -> QuerySet:
    """By id, by whose account, else by client order id: each by what there is an index for."""
    if number := trades.id_or_nothing(term):
        return rows.filter(Q(pk=number) | Q(account_id=number))
    accounts = Account.objects.filter(Q(user__email__icontains=term) | Q(name__icontains=term))
    ids = list(accounts.values_list("pk", flat=True)[:100])
    return rows.filter(account_id__in=ids) if ids else rows.filter(client_order_id=term)


def _narrow_status(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(status__in=OPEN_STATUSES if value == "live" else [int(value)])


def _narrow_whose(rows: QuerySet, value: str) -> QuerySet:
    """Customers' orders or the house's, which are few accounts with very many orders."""
    house = list(Account.objects.exclude(role=AccountRole.CUSTOMER).values_list("pk", flat=True))
    if value == "house":
        return rows.filter(account_id__in=house)
    return rows.exclude(account_id__in=house)


def status_badge(order: Order) -> Any:
    """An order's status, painted by its code."""
    return cells.badge(Status(order.status).name.lower(), words=state_words.ORDER)


def order_columns(request: HttpRequest, *, with_account: bool = True) -> list[Column]:
    """Columns of a list of orders."""
    columns = [
        Column(gettext_lazy("Order"), lambda o: cells.mono(o.pk), "main"),
        Column(gettext_lazy("Placed (UTC)"), lambda o: cells.when(o.placed_at)),
        Column(gettext_lazy("Instrument"), lambda o: o.instrument.symbol),
        Column(gettext_lazy("Side"), lambda o: names.side(o.side)),
        Column(gettext_lazy("Type"), lambda o: type_text(o), on_phone=False),
        Column(gettext_lazy("Trigger"), lambda o: condition_of(o), "number", on_phone=False),
        Column(gettext_lazy("Price"), lambda o: price_of(o), "number"),
        Column(gettext_lazy("Quantity"), lambda o: quantity_of(o), "number", on_phone=False),
        Column(
            gettext_lazy("Filled"),
            lambda o: names.quantity(o.instrument, o.cumulative_lots),
            "number",
        ),
        Column(gettext_lazy("State"), lambda o: status_badge(o)),
    ]
    if with_account:
        columns.insert(
            2, Column(gettext_lazy("Account"), lambda o: names.account_link(request, o.account))
        )
    return columns


def type_text(order: Order) -> str:
    post_only = _(", post-only") if order.flags & enums.OrderFlag.POST_ONLY else ""
    iceberg = _(", iceberg") if order.display_lots else ""
    terms = f"{order.get_order_type_display()} {order.get_time_in_force_display()}"
    return f"{terms}{post_only}{iceberg}"


def condition_of(order: Order) -> Any:
    """What an order waits for or waited for: a price, a distance from the best one, a time."""
    state = shapes.state_of_row(order)
    sign = {"at_or_above": "≥", "at_or_below": "≤", None: ""}[shapes.trigger_when(state)]
    parts = []
    if order.trailing_distance_bp:
        parts.append(words.percent_of_bp(order.trailing_distance_bp))
    if sign and order.trigger_ticks:
        parts.append(format_html("{} {}", sign, names.price(order.instrument, order.trigger_ticks)))
    if order.trigger_source:
        parts.append(order.get_trigger_source_display())
    if order.trigger_ns:
        parts.append(trigger_time_of(order))
    return format_html_join(" · ", "{}", ((part,) for part in parts)) if parts else cells.NOTHING


def trigger_time_of(order: Order) -> Any:
    """When an order begins to wait for its price, or is sent on."""
    if not order.trigger_ns:
        return cells.NOTHING
    return cells.when(datetime.datetime.fromtimestamp(order.trigger_ns // 10**9, tz=datetime.UTC))


def expiry_of(order: Order) -> Any:
    """When a GTD order ends."""
    if not order.expire_ns:
        return cells.NOTHING
    return cells.when(datetime.datetime.fromtimestamp(order.expire_ns // 10**9, tz=datetime.UTC))


def shown_of(order: Order) -> Any:
    """How much of itself an iceberg shows at a time."""
    if not order.display_lots:
        return cells.NOTHING
    return names.quantity(order.instrument, order.display_lots)


def price_of(order: Order) -> Any:
    return names.price(order.instrument, order.ticks) if order.ticks else cells.muted(_("market"))


def quantity_of(order: Order) -> Any:
    """The quantity, or for a market order by quote amount that amount."""
    if order.lots:
        return names.quantity(order.instrument, order.lots)
    return names.amount(order.quote_units, order.instrument.quote)


def rows_with_names(rows: QuerySet) -> QuerySet:
    return rows.select_related(
        "account", "account__user", "instrument", "instrument__base", "instrument__quote"
    )


def orders(request: HttpRequest) -> HttpResponse:
    """All orders of the tenant's customers and house accounts."""
    listing = Listing(
        columns=order_columns(request),
        filters=[
            Choice(
                "status",
                gettext_lazy("State"),
                [("live", gettext_lazy("Open (any)"))]
                + [(str(value), label) for value, label in Status.choices],
                _narrow_status,
            ),
            Choice(
                "whose",
                gettext_lazy("Whose"),
                [
                    ("customers", gettext_lazy("Customers'")),
                    ("house", gettext_lazy("The house's")),
                ],
                _narrow_whose,
            ),
            Choice(
                "instrument",
                gettext_lazy("Instrument"),
                [(str(row.pk), row.symbol) for row in Instrument.objects.all()],
                lambda rows, value: rows.filter(instrument_id=int(value)),
            ),
            Choice(
                "side",
                gettext_lazy("Side"),
                [(str(value), label) for value, label in Side.choices],
                lambda rows, value: rows.filter(side=int(value)),
            ),
            Days("placed", gettext_lazy("Placed"), "placed_at"),
        ],
        search=_search_orders,
        search_hint=gettext_lazy("Order or account id, e-mail, client order id"),
        empty_headline=gettext_lazy("No orders yet"),
        empty_sentence=gettext_lazy("Orders appear here as soon as they are cleared."),
        row_link=lambda order: pages.url(request, "order", order.pk),
    )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows_with_names(Order.objects.all())),
            "intro": _(
                "As of the clearing checkpoint. Quotes of the house's market maker appear only "
                "once they traded."
            ),
        },
        title=_("Orders"),
    )


def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what was asked, what became of it, each fill, and the engine's own words."""
    row = names.found(rows_with_names(Order.objects.all()), pk=order_id)
    trades_of_order = list(
        Trade.objects.filter(
            Q(maker_account_id=row.account_id, maker_order_id=row.pk)
            | Q(taker_account_id=row.account_id, taker_order_id=row.pk)
        )
        .select_related("instrument", "instrument__base", "instrument__quote")
        .order_by("-pk")[:200]
    )
    members = [row]
    if row.list_id:
        same_list = Order.objects.filter(list_id=row.list_id).order_by("pk")
        members = list(rows_with_names(same_list))
    order_list = OrderList.objects.filter(pk=row.list_id).first() if row.list_id else None
    legs = Listing(
        columns=order_columns(request, with_account=False),
        row_link=lambda each: pages.url(request, "order", each.pk),
        empty_headline=gettext_lazy("No orders"),
    )
    fills = Listing(
        columns=trades.trade_columns(request),
        row_link=lambda each: pages.url(request, "trade", each.pk),
        empty_headline=gettext_lazy("Nothing filled"),
    )
    facts = [
        (_("State"), status_badge(row)),
        (_("Account"), names.account_link(request, row.account)),
        (_("Instrument"), row.instrument.symbol),
        (_("Side"), names.side(row.side)),
        (_("Type"), type_text(row)),
        (_("Trigger"), condition_of(row)),
        *_trailing_facts(row),
        (_("Price"), price_of(row)),
        (_("Quantity"), quantity_of(row)),
        (_("Shown at a time"), shown_of(row)),
        (_("Filled"), names.quantity(row.instrument, row.cumulative_lots)),
        (_("Still open"), names.quantity(row.instrument, row.leaves_lots)),
        (_("Average price"), _average_price(row)),
        (_("Filled value"), names.amount(row.cumulative_quote_units, row.instrument.quote)),
        (_("Client order id"), cells.mono(row.client_order_id) if row.client_order_id else "–"),
        (
            _("Self-trade prevention"),
            engine_words.self_trade_prevention(row.self_trade_prevention),
        ),
        *_list_facts(request, row, order_list),
        (_("Placed (UTC)"), cells.when(row.placed_at)),
        (_("Not before (UTC)"), trigger_time_of(row)),
        (_("Good until (UTC)"), expiry_of(row)),
        (_("Last change (UTC)"), cells.when(row.updated_at)),
    ]
    return pages.render(
        request,
        "order.html",
        {
            "facts": facts,
            "order": row,
            "is_open": row.status in OPEN_STATUSES,
            "fills": fills.show(trades_of_order),
            "order_list": order_list,
            "legs": legs.show(members) if order_list else None,
            "life": _life(request, members, trades_of_order),
        },
        title=_("Order %(id)s") % {"id": row.pk},
        crumbs=[(_("Orders"), pages.url(request, "orders"))],
    )


def _trailing_facts(order: Order) -> list[tuple[str, Any]]:
    """How a trailing stop follows, and where it stands now if the engine can be asked."""
    if not order.trailing_distance_bp:
        return []
    facts: list[tuple[str, Any]] = []
    if order.activation_ticks:
        price = names.price(order.instrument, order.activation_ticks)
        facts.append((_("Follows from"), price))
    if order.order_type == OrderType.TRAILING_STOP_LIMIT:
        price = names.price(order.instrument, order.limit_offset_ticks)
        facts.append((_("Limit behind the stop"), price))
    if order.status == Status.WAITING:
        facts += _present_stop(order)
    return facts


def _present_stop(order: Order) -> list[tuple[str, Any]]:
    """What a waiting trailing stop follows, and its stop price now."""
    query = queries.QueryOrder(account_id=order.account_id, order_id=order.pk)
    try:
        answer = door.send_command(query)
    except (door.EngineUnavailable, door.EngineUnknown):
        return [(_("Stop price now"), cells.muted(_("The engine does not answer.")))]
    row = next((event for event in answer.events if isinstance(event, events.OrderRow)), None)
    if row is None or not row.extreme_ticks:
        return [(_("Stop price now"), cells.muted(_("none yet")))]
    return [
        (_("Best price since"), names.price(order.instrument, row.extreme_ticks)),
        (_("Stop price now"), names.price(order.instrument, row.trigger_ticks)),
    ]


def _average_price(order: Order) -> Any:
    """Filled value over filled quantity, cut to the quote asset's decimal places."""
    if not order.cumulative_lots:
        return cells.NOTHING
    base_units = order.cumulative_lots * order.instrument.lot_units
    units = order.cumulative_quote_units * 10**order.instrument.base.scale // base_units
    return cells.money(units, order.instrument.quote.scale, order.instrument.quote.code)


def _list_facts(
    request: HttpRequest, order: Order, order_list: OrderList | None
) -> list[tuple[str, Any]]:
    """Which list an order belongs to, and which order of it ended this one."""
    if order_list is None:
        return []
    facts = [
        (_("Order list"), f"{ListType(order_list.list_type).name} {order_list.pk}"),
        (
            _("Client list id"),
            cells.mono(order_list.client_list_id) if order_list.client_list_id else "–",
        ),
    ]
    if order.ended_by_order_id:
        address = pages.url(request, "order", order.ended_by_order_id)
        facts.append((_("Ended by order"), cells.link(address, str(order.ended_by_order_id))))
    return facts


def _life(request: HttpRequest, orders: list[Order], fills: list[Trade]) -> list[dict[str, Any]]:
    """Steps of the life of an order, or of all orders of its list, with their seq: each time one
    was replaced from the tables, the rest from the engine journal where it is at hand."""
    dictionary = names.dictionary()
    may_see_journal = access.may(request.user, "ledger.view")
    by_id = {order.pk: order for order in orders}

    def step(seq: int, time: datetime.datetime, event: Any) -> dict[str, Any]:
        return {
            "time": time,
            "seq": seq,
            "address": pages.url(request, "engine_record", seq) if may_see_journal else "",
            "sentence": words.event_sentence(event, dictionary),
            "tone": journal.tone_of(event),
        }

    replacements = _replacements(orders)
    steps = [step(row.seq, row.time, _replaced(by_id[row.order_id], row)) for row in replacements]
    told = {(row.order_id, row.seq) for row in replacements}
    seqs = {
        *(order.placed_seq for order in orders),
        *(each.seq for each in fills),
        *(order.updated_seq for order in orders),
        *(order.waiting_seq for order in orders),
        *(order.activated_seq for order in orders),
        *(order.triggered_seq for order in orders),
    } - {0}
    for record in journal.records_of(request.tenant.pk, seqs):  # type: ignore[attr-defined]
        for event in record.events:
            if isinstance(event, events.OrderReplaced) and (event.order_id, record.seq) in told:
                continue
            if by_id.keys() & journal.orders_of(event):
                steps.append(step(record.seq, record.time, event))
    # Of one record the replacement comes before what became of it.
    return sorted(steps, key=lambda each: each["seq"])


def _replacements(orders: list[Order]) -> list[Replacement]:
    """The last times that any of the orders was replaced, in their order."""
    newest = Replacement.objects.filter(order_id__in=[order.pk for order in orders])
    return list(reversed(newest.order_by("-seq")[:MOST_REPLACEMENTS]))


def _replaced(order: Order, row: Replacement) -> events.OrderReplaced:
    """The event that the row was written from, as far as its sentence needs it."""
    return events.OrderReplaced(
        order_id=order.pk,
        instrument_id=order.instrument_id,
        lots=row.lots,
        ticks=row.ticks,
        old_lots=row.old_lots,
        old_ticks=row.old_ticks,
    )


class CancelOrder(ActionPage):
    """Cancel a customer's open order, with a reason."""

    danger = True

    def target(self, order_id: int) -> Order:  # type: ignore[override]
        row: Order = names.found(rows_with_names(Order.objects.all()), pk=order_id)
        return row

    def title(self, target: Order) -> str:
        return _("Cancel order %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Order) -> str:
        return _("Cancel the order")

    def facts(self, target: Order) -> list[tuple[str, Any]]:
        return [
            (_("Account"), target.account),
            (_("Order"), f"{target.get_side_display()} {target.instrument.symbol}"),
            (_("Price"), price_of(target)),
            (_("Still open"), names.quantity(target.instrument, target.leaves_lots)),
        ]

    def explanation(self, target: Order) -> list[str]:
        return [
            _("It waits outside the book with nothing held; it will not be sent on.")
            if target.status in (Status.WAITING, Status.PENDING)
            else _("What is still open is taken out of the book at once and its hold is released."),
            _("What was filled stays filled."),
            *([_("Orders of its list that depend on it end with it.")] if target.list_id else []),
        ]

    def obstacle(self, target: Order) -> str:
        if target.status not in OPEN_STATUSES:
            return _("This order is no longer open, so there is nothing to cancel.")
        return ""

    def perform(self, target: Order, values: dict[str, Any]) -> str:
        actions.cancel_order_for_customer(
            order=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("Order %(id)s is cancelled.") % {"id": target.pk}

    def back(self, target: Order) -> str:
        return self.url("order", target.pk)

    def crumbs(self, target: Order) -> list[tuple[str, str]]:
        return [(_("Orders"), self.url("orders")), (str(target.pk), self.back(target))]


PAGES = (
    pages.Page("orders/", "orders", orders, "orders.view"),
    pages.Page("orders/<int:order_id>/", "order", order, "orders.view"),
    pages.Page(
        "orders/<int:order_id>/cancel/", "cancel_order", CancelOrder.as_view(), "orders.cancel"
    ),
)
