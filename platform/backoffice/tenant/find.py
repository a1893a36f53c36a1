"""Search of a tenant: by e-mail, name, id, seq, client order id, key, host, trace, or a page."""

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audit import traces
from audit.selectors import records
from backoffice import menu, pages
from backoffice.search import Doing, Finders, Group, Hit, Term, doings, menu_pages
from backoffice.sites import tenant_site
from backoffice.tenant import names, rule_tasks
from care import selectors as care
from clearing.models import Rebuild
from identity.models import ApiKey, User
from identity.selectors import customers
from tenants.models import Domain
from tenants.selectors import current_tenant, domain_claims
from trading.accounts.models import Account
from trading.calendars.models import Calendar
from trading.commands.models import QueuedCommand
from trading.instruments.models import Instrument
from trading.orders.models import Order, Trade
from wallets.adjustments.models import Adjustment
from wallets.bookkeeping.models import EntryRequest
from wallets.ledger.models import JournalEntry, LedgerAccount
from wallets.reconciliation.models import BooksBreak

# Client order ids have no index of their own (it would cost clearing a write for each order), so
# they are looked for among the latest orders only.
LATEST_ORDERS = 200_000
LEAST_CHARACTERS = 3  # of a client order id: shorter ones are rather something else

finders = Finders()


def find(request: HttpRequest, typed: str) -> list[Group]:
    """Whatever fits that this role may see, in groups."""
    return finders.look(request, typed)


def _customers(request: HttpRequest, term: Term) -> Iterator[Hit]:
    wanted = Q(email__icontains=term.text) | Q(name__icontains=term.text) | Q(pk=term.number)
    for user in customers().filter(wanted).order_by("email")[:6]:
        yield Hit(user.email, user.name, pages.url(request, "customer", user.pk), "person")


def _accounts(request: HttpRequest, term: Term) -> Iterator[Hit]:
    wanted = Q(pk=term.number) | Q(name__icontains=term.text) | Q(user__email__icontains=term.text)
    for row in Account.objects.filter(wanted).select_related("user").order_by("pk")[:6]:
        owner = row.user.email if row.user else str(row.get_role_display())
        yield Hit(str(row), owner, pages.url(request, "account", row.pk), "account_circle")


def _keys(request: HttpRequest, term: Term) -> Iterator[Hit]:
    wanted = Q(public_id__istartswith=term.text) | Q(label__icontains=term.text)
    for row in ApiKey.objects.filter(wanted).select_related("user")[:6]:
        title = f"{row.label} · {row.public_id}"
        yield Hit(title, row.user.email, pages.url(request, "api_key", row.pk), "vpn_key")


def _tickets(request: HttpRequest, term: Term) -> Iterator[Hit]:
    wanted = Q(pk=term.number) | Q(subject__icontains=term.text)
    for row in care.tickets().filter(wanted | Q(user__email__icontains=term.text))[:6]:
        yield Hit(row.subject, row.user.email, pages.url(request, "ticket", row.pk), "forum")


def _orders(request: HttpRequest, term: Term) -> Iterator[Hit]:
    found = list(Order.objects.filter(pk=term.number)) if term.number else []
    if len(term.text) >= LEAST_CHARACTERS:
        ids = Order.objects.order_by("-pk").values_list("pk", flat=True)
        oldest = next(iter(ids[LATEST_ORDERS : LATEST_ORDERS + 1]), 0)
        found += Order.objects.filter(pk__gte=oldest, client_order_id=term.text)[:6]
    for row in found:
        words = f"{row.client_order_id} · " if row.client_order_id else ""
        description = f"{words}{row.get_status_display()}"
        yield Hit(str(row.pk), description, pages.url(request, "order", row.pk), "list_alt")


def _trades(request: HttpRequest, term: Term) -> Iterator[Hit]:
    for row in Trade.objects.filter(pk=term.number) if term.number else ():
        yield Hit(str(row.pk), _("trade"), pages.url(request, "trade", row.pk), "swap_horiz")


def _instruments(request: HttpRequest, term: Term) -> Iterator[Hit]:
    for row in Instrument.objects.filter(symbol__icontains=term.text).order_by("symbol")[:6]:
        address = pages.url(request, "instrument", row.pk)
        yield Hit(row.symbol, row.get_state_display(), address, "candlestick_chart")


def _calendars(request: HttpRequest, term: Term) -> Iterator[Hit]:
    for row in Calendar.objects.filter(name__icontains=term.text)[:6]:
        yield Hit(row.name, row.time_zone, pages.url(request, "calendar", row.pk), "schedule")


def _adjustments(request: HttpRequest, term: Term) -> Iterator[Hit]:
    for row in Adjustment.objects.filter(pk=term.number) if term.number else ():
        address = pages.url(request, "adjustment", row.pk)
        title = _("Adjustment %(id)s") % {"id": row.pk}
        yield Hit(title, str(row.get_state_display()).lower(), address, "approval")


def _books(request: HttpRequest, term: Term) -> Iterator[Hit]:
    """Entries, postings (entry/line), engine events, ledger accounts, requests, breaks."""
    entry, slash, line = term.text.partition("/")
    number = term.number or (Term.of(entry).number if slash and line.isdigit() else 0)
    if number:
        for row in JournalEntry.objects.filter(pk=number):
            address = pages.url(request, "entry", row.pk)
            title = f"{row.pk}/{line}" if slash else str(row.pk)
            words = _("posting of a journal entry") if slash else _("journal entry")
            yield Hit(title, words, address, "receipt_long")
    if term.number and names.entries_of_seq(term.number).exists():
        address = pages.url(request, "engine_record", term.number)
        yield Hit(_("seq %(seq)s") % {"seq": term.number}, _("engine event"), address, "memory")
    for model, title, page, icon in (
        (EntryRequest, _("Entry request %(id)s"), "entry_request", "edit_note"),
        (BooksBreak, _("Break %(id)s"), "break", "difference"),
        (Rebuild, _("Rebuild %(id)s"), "rebuild", "restart_alt"),
    ):
        for found in model.objects.filter(pk=term.number) if term.number else ():  # type: ignore[attr-defined]
            address = pages.url(request, page, found.pk)
            yield Hit(title % {"id": found.pk}, found.get_state_display(), address, icon)
    for account in LedgerAccount.objects.filter(
        Q(name__icontains=term.text) | Q(pk=term.number)
    ).select_related("asset")[:4]:
        address = pages.url(request, "ledger_account", account.pk)
        yield Hit(account.name, _("ledger account"), address, "account_balance")


def _staff(request: HttpRequest, term: Term) -> Iterator[Hit]:
    wanted = Q(email__icontains=term.text) | Q(name__icontains=term.text)
    for user in User.objects.filter(wanted, is_staff=True).order_by("email")[:6]:
        yield Hit(user.email, user.name, pages.url(request, "colleague", user.pk), "badge")


def _domains(request: HttpRequest, term: Term) -> Iterator[Hit]:
    """Hosts of this firm only: others' are none of its business."""
    rows = Domain.objects.filter(tenant=current_tenant(), domain__icontains=term.text)
    for row in rows[:6]:
        words = _("main domain") if row.is_primary else _("domain")
        yield Hit(row.domain, words, _page_of_domain(request, row), "language")


def _page_of_domain(request: HttpRequest, row: Domain) -> str:
    claim = domain_claims(current_tenant()).filter(host=row.domain).first()
    return pages.url(request, "domain", claim.pk) if claim else pages.url(request, "domains")


def _commands(request: HttpRequest, term: Term) -> Iterator[Hit]:
    """Queued commands, audit records and traces."""
    for row in QueuedCommand.objects.filter(pk=term.number) if term.number else ():
        address = pages.url(request, "command", row.pk)
        yield Hit(str(row.pk), _("engine command"), address, "outbox")
    for record in records().filter(pk=term.number) if term.number else ():
        address = pages.url(request, "audit_record", record.pk)
        words = _("%(action)s, audit record") % {"action": record.action}
        yield Hit(str(record.pk), words, address, "history")
    if trace_id := traces.parse(term.text):
        text = traces.text_of(trace_id)
        yield Hit(text, _("trace of a click"), pages.url(request, "trace", text), "conversion_path")


DOINGS = (
    Doing(gettext_lazy("Create an instrument"), "add", "create_instrument", "new market pair"),
    Doing(gettext_lazy("Create an asset"), "add", "create_asset", "new coin currency"),
    Doing(gettext_lazy("Create trading hours"), "add", "create_calendar", "new calendar session"),
    Doing(gettext_lazy("Credit or debit an account"), "approval", "request_adjustment",
          "new adjustment bonus correction"),
    Doing(gettext_lazy("New campaign"), "redeem", "new_campaign", "bonus referral discount"),
    Doing(gettext_lazy("Ask for a journal entry"), "edit_note", "entry_kinds",
          "new booking deposit withdrawal fee"),
    Doing(gettext_lazy("Open a custody account"), "savings", "open_custody_account",
          "new bank wallet"),
    Doing(gettext_lazy("New fee schedule"), "percent", "new_fees", "create rates maker taker"),
    Doing(gettext_lazy("New volume tiers"), "stairs", "new_fee_tiers", "create ladder"),
    Doing(gettext_lazy("Invite a colleague"), "person_add", "invite", "new staff add user"),
    Doing(gettext_lazy("Change the brand"), "palette", "edit_brand", "colours logo texts studio"),
    Doing(gettext_lazy("Connect a domain"), "language", "ask_domain", "host dns name"),
    Doing(gettext_lazy("Ask for a rebuild"), "restart_alt", "ask_rebuild", "repair"),
    Doing(gettext_lazy("Prove the audit trail"), "verified", "audit_verify", "verify chain hash"),
)  # fmt: skip

finders.register(gettext_lazy("Go to"), "backoffice.enter", menu_pages("backoffice", menu.TENANT))
finders.register(gettext_lazy("Do"), "backoffice.enter", doings(tenant_site, DOINGS), suggests=True)
finders.register(gettext_lazy("Customers"), "customers.view", _customers)
finders.register(gettext_lazy("Accounts"), "customers.view", _accounts)
finders.register(gettext_lazy("API keys"), "customers.view", _keys)
finders.register(gettext_lazy("Questions"), "tickets.view", _tickets)
finders.register(gettext_lazy("Orders"), "orders.view", _orders)
finders.register(pgettext_lazy("staff", "Trades"), "orders.view", _trades)
finders.register(gettext_lazy("Instruments"), "instruments.view", _instruments)
finders.register(gettext_lazy("Trading hours"), "instruments.view", _calendars)
finders.register(gettext_lazy("Risk rules"), "rules.view", rule_tasks.find)
finders.register(gettext_lazy("Adjustments"), "adjustments.view", _adjustments)
finders.register(gettext_lazy("Books"), "ledger.view", _books)
finders.register(gettext_lazy("Staff"), "staff.view", _staff)
finders.register(gettext_lazy("Domains"), "brand.view", _domains)
finders.register(gettext_lazy("Audit and engine"), "audit.view", _commands)
