"""Search of a tenant: customers, accounts, orders, trades, entries, seqs, instruments, pages."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import traces
from backoffice import access, menu, pages
from backoffice.search import Hit
from backoffice.tenant import names
from identity.selectors import customers
from trading.accounts.models import Account
from trading.instruments.models import Instrument
from trading.orders.models import Order, Trade
from wallets.adjustments.models import Adjustment
from wallets.ledger.models import JournalEntry

MOST = 6


def find(request: HttpRequest, term: str) -> list[Hit]:
    """Whatever fits ``term`` that this role may see."""
    number = int(term) if term.isascii() and term.isdigit() and len(term) < 19 else 0
    hits = _pages(request, term)
    if access.may(request.user, "customers.view"):
        hits += _customers(request, term, number)
    if access.may(request.user, "instruments.view"):
        hits += [
            Hit(
                row.symbol,
                _("instrument"),
                pages.url(request, "instrument", row.pk),
                "candlestick_chart",
            )
            for row in Instrument.objects.filter(symbol__icontains=term)[:MOST]
        ]
    if access.may(request.user, "orders.view"):
        hits += _orders(request, term, number)
    if number and access.may(request.user, "adjustments.view"):
        hits += [
            Hit(f"{row.pk}", _("adjustment"), pages.url(request, "adjustment", row.pk), "approval")
            for row in Adjustment.objects.filter(pk=number)
        ]
    if number and access.may(request.user, "ledger.view"):
        hits += _ledger(request, number)
    trace_id = traces.parse(term)
    if trace_id and access.may(request.user, "audit.view"):
        text = traces.text_of(trace_id)
        hits.append(
            Hit(text, _("trace of a click"), pages.url(request, "trace", text), "conversion_path")
        )
    return hits[:40]


def _pages(request: HttpRequest, term: str) -> list[Hit]:
    return [
        Hit(str(entry.title), _("page"), reverse(f"backoffice:{entry.page}"), entry.icon)
        for _group, entries in menu.TENANT
        for entry in entries
        if term.lower() in str(entry.title).lower() and access.may(request.user, entry.capability)
    ]


def _customers(request: HttpRequest, term: str, number: int) -> list[Hit]:
    wanted = Q(email__icontains=term) | Q(name__icontains=term)
    hits = [
        Hit(user.email, _("customer"), pages.url(request, "customer", user.pk), "person")
        for user in customers().filter(wanted | Q(pk=number))[:MOST]
    ]
    return hits + [
        Hit(str(row), _("account"), pages.url(request, "account", row.pk), "account_circle")
        for row in Account.objects.filter(Q(pk=number) | Q(name__icontains=term))[:MOST]
    ]


def _orders(request: HttpRequest, term: str, number: int) -> list[Hit]:
    orders = Order.objects.filter(pk=number) if number else Order.objects.none()
    hits = [
        Hit(str(row.pk), _("order"), pages.url(request, "order", row.pk), "list_alt")
        for row in orders
    ]
    return hits + [
        Hit(str(row.pk), _("trade"), pages.url(request, "trade", row.pk), "swap_horiz")
        for row in Trade.objects.filter(pk=number)
        if number
    ]


def _ledger(request: HttpRequest, number: int) -> list[Hit]:
    hits = [
        Hit(str(row.pk), _("journal entry"), pages.url(request, "entry", row.pk), "receipt_long")
        for row in JournalEntry.objects.filter(pk=number)
    ]
    if names.entries_of_seq(number).exists():
        address = pages.url(request, "engine_record", number)
        hits.append(Hit(f"seq {number}", _("engine event"), address, "memory"))
    return hits
