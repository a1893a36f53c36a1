"""The menus: each role sees the entries whose pages it may open."""

from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backoffice import access
from identity import roles


class Entry(NamedTuple):
    """One line of the menu; ``count`` is the name of a figure of `attention.counts`."""

    title: Any
    icon: str
    page: str
    capability: str
    count: str = ""  # type: ignore[assignment]  # and no tuple's method


Menu = tuple[tuple[Any, tuple[Entry, ...]], ...]

TENANT: Menu = (
    (
        "",
        (
            Entry(_("Home"), "home", "index", "backoffice.enter"),
            Entry(_("Approvals"), "done_all", "approvals", "approvals.view", "approvals"),
            Entry(_("Background work"), "progress_activity", "jobs", "backoffice.enter"),
        ),
    ),
    (
        _("Customers"),
        (
            Entry(_("Customers"), "group", "customers", "customers.view"),
            Entry(_("Accounts"), "account_circle", "accounts", "customers.view"),
            Entry(_("API keys"), "vpn_key", "api_keys", "customers.view"),
            Entry(_("Verification"), "how_to_reg", "kyc_queue", "kyc.view", "kyc"),
            Entry(_("Names on lists"), "person_alert", "kyc_hits", "kyc.documents", "kyc_hits"),
            Entry(_("Watch lists"), "playlist_add_check", "kyc_lists", "kyc.view"),
            Entry(_("Identity checks"), "fingerprint", "kyc_providers", "kyc.configure"),
            Entry(_("Tiers"), "verified_user", "kyc_tiers", "kyc.view"),
        ),
    ),
    (
        _("Care"),
        (
            Entry(_("Questions"), "forum", "tickets", "tickets.view", "tickets"),
            Entry(_("Words for answers"), "quickreply", "answer_texts", "tickets.answer"),
            Entry(_("Banners"), "campaign", "banners", "messages.view"),
            Entry(_("Messages"), "mail", "messages", "messages.view", "dead_letters"),
            Entry(_("Channels"), "cell_tower", "channels", "messages.view"),
            Entry(_("Templates"), "draft", "message_templates", "messages.view"),
        ),
    ),
    (
        _("Risk rules"),
        (
            Entry(_("Rule sets"), "rule", "rule_sets", "rules.view"),
            Entry(
                _("Alerts of rules"), "notifications_active", "rule_alerts", "rules.view", "alerts"
            ),
        ),
    ),
    (
        _("Trading"),
        (
            Entry(_("Orders"), "list_alt", "orders", "orders.view"),
            Entry(pgettext_lazy("staff", "Trades"), "swap_horiz", "trades", "orders.view"),
            Entry(_("Instruments"), "candlestick_chart", "instruments", "instruments.view"),
            Entry(_("Trading hours"), "schedule", "calendars", "instruments.view"),
            Entry(_("Assets"), "toll", "assets", "instruments.view"),
            Entry(_("Fees"), "percent", "fees", "fees.view"),
            Entry(_("Volume tiers"), "stairs", "fee_tiers", "fees.view"),
        ),
    ),
    (
        _("Payments"),
        (
            Entry(_("Deposits"), "south_west", "deposits", "payments.view", "deposits"),
            Entry(_("Card payments"), "credit_card", "card_payments", "payments.view", "cards"),
            Entry(_("Withdrawals"), "north_east", "withdrawals", "payments.view", "withdrawals"),
            Entry(
                _("Beneficiaries"), "contacts", "beneficiaries", "payments.view", "beneficiaries"
            ),
            Entry(
                _("Bank statements"),
                "description",
                "bank_statements",
                "payments.view",
                "statements",
            ),
            Entry(_("Payment files"), "outgoing_mail", "payment_files", "payments.view", "files"),
            Entry(_("Payment methods"), "payments", "payment_methods", "payments.view"),
        ),
    ),
    (
        _("Money"),
        (
            Entry(_("Adjustments"), "approval", "adjustments", "adjustments.view", "adjustments"),
            Entry(_("Campaigns"), "redeem", "campaigns", "campaigns.view"),
            Entry(_("Entries by staff"), "edit_note", "entry_requests", "ledger.view", "entries"),
            Entry(_("Chart of accounts"), "account_balance", "ledger", "ledger.view"),
            Entry(_("Journal entries"), "receipt_long", "entries", "ledger.view"),
            Entry(_("Custody accounts"), "savings", "custody_accounts", "ledger.view"),
            Entry(_("Periods"), "event_available", "periods", "ledger.view"),
            Entry(_("Trial balance"), "balance", "trial_balance", "ledger.view"),
            Entry(_("Reports"), "bar_chart", "reports", "reports.view"),
            Entry(_("Kept reports"), "bookmark", "saved_reports", "reports.view"),
            Entry(_("Verify books"), "fact_check", "verify_books", "ledger.view"),
            Entry(_("Breaks"), "difference", "breaks", "ledger.view", "breaks"),
            Entry(_("Reconciliation"), "layers", "levels", "ledger.view"),
            Entry(_("Outside balances"), "account_balance_wallet", "outside", "ledger.view"),
            Entry(_("Rebuilds"), "restart_alt", "rebuilds", "ledger.view"),
            Entry(_("Proof of liabilities"), "workspace_premium", "liabilities", "ledger.view"),
        ),
    ),
    (
        _("Firm"),
        (
            Entry(_("Brand"), "palette", "brand", "brand.view"),
            Entry(_("Domains"), "language", "domains", "brand.view"),
            Entry(_("Settings"), "tune", "settings", "settings.view"),
            Entry(_("Staff"), "badge", "staff", "staff.view"),
            Entry(_("Roles and rights"), "shield_person", "rights", "staff.view"),
            Entry(_("Access reviews"), "fact_check", "reviews", "staff.view"),
            Entry(_("Invoices"), "request_quote", "invoices", "invoices.view"),
            Entry(_("Engine commands"), "outbox", "commands", "audit.view"),
            Entry(_("Audit trail"), "history", "audit", "audit.view"),
            Entry(_("Who saw what"), "visibility", "views_seen", "audit.view"),
            Entry(_("Seen as somebody else"), "switch_account", "seen_as", "audit.view"),
        ),
    ),
)

OPERATOR: Menu = (
    ("", (Entry(_("Home"), "home", "index", "operator.enter"),)),
    (
        _("Platform"),
        (
            Entry(_("Tenants"), "domain", "tenants", "tenants.view"),
            Entry(_("Plans"), "sell", "plans", "billing.view"),
            Entry(_("Invoices"), "request_quote", "invoices", "billing.view"),
            Entry(_("Announcements"), "campaign", "announcements", "tenants.view"),
            Entry(_("Domains"), "language", "domains", "tenants.view"),
            Entry(_("Processes"), "monitor_heart", "processes", "health.view"),
            Entry(_("Operators"), "badge", "staff", "staff.view"),
            Entry(_("Audit trail"), "history", "audit", "audit.view"),
        ),
    ),
)


MENUS = {"backoffice": TENANT, "operator": OPERATOR}


def tenant_menu(request: HttpRequest) -> SafeString:
    """The menu of a firm's staff, drawn."""
    from backoffice.tenant import attention

    return _of(request, "backoffice", attention.menu_counts(request.user))


def operator_menu(request: HttpRequest) -> SafeString:
    """The menu of the platform's staff, drawn."""
    return _of(request, "operator", {})


def _of(request: HttpRequest, site: str, counts: dict[str, int]) -> SafeString:
    capabilities = roles.capabilities_of(request.user)
    lines = []
    active = ""
    for number, (_title, entries) in enumerate(MENUS[site]):
        for place, entry in enumerate(entries):
            if entry.capability not in capabilities:
                continue
            address = address_of(site, entry.page)
            if access.is_switched_off(request, address):
                continue
            lines.append((number, place, counts.get(entry.count, 0)))
            # Of several matching entries (ledger, ledger/entries) only the nearest is marked.
            is_index = entry.page == "index"
            if _is_active(request.path, address, is_index=is_index) and len(address) > len(active):
                active = address
    return _drawn(site, tuple(lines), active, get_language())


@cache
def address_of(site: str, page: str) -> str:
    """The same in every request, and dozens of them stand on every page."""
    return reverse(f"{site}:{page}")


def _is_active(path: str, address: str, *, is_index: bool) -> bool:
    return path == address if is_index else path.startswith(address)


@lru_cache(maxsize=256)  # some 15 kB each; drawing one takes longer than the rest of most pages
def _drawn(
    site: str, lines: tuple[tuple[int, int, int], ...], active: str, _language: str
) -> SafeString:
    """A menu of these lines: number of the group, place within it, figure beside it."""
    groups = []
    for number, (title, entries) in enumerate(MENUS[site]):
        items = [
            {
                "title": entries[place].title,
                "icon": entries[place].icon,
                "link": (address := address_of(site, entries[place].page)),
                "active": address == active,
                "count": count,
            }
            for group, place, count in lines
            if group == number
        ]
        if items:
            groups.append({"title": title, "lines": items})
    return render_to_string("backoffice/parts/menu.html", {"groups": groups})
