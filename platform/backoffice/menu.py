"""The menus: each role sees the entries whose pages it may open."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice import access


class Entry(NamedTuple):
    """One line of the menu; ``count`` is the name of a figure of `attention.counts`."""

    title: Any
    icon: str
    page: str
    capability: str
    count: str = ""  # type: ignore[assignment]  # and no tuple's method


Menu = tuple[tuple[Any, tuple[Entry, ...]], ...]

TENANT: Menu = (
    ("", (Entry(_("Home"), "home", "index", "backoffice.enter"),)),
    (
        _("Customers"),
        (
            Entry(_("Customers"), "group", "customers", "customers.view"),
            Entry(_("Accounts"), "account_circle", "accounts", "customers.view"),
            Entry(_("API keys"), "vpn_key", "api_keys", "customers.view"),
        ),
    ),
    (
        _("Trading"),
        (
            Entry(_("Orders"), "list_alt", "orders", "orders.view"),
            Entry(_("Trades"), "swap_horiz", "trades", "orders.view"),
            Entry(_("Instruments"), "candlestick_chart", "instruments", "instruments.view"),
            Entry(_("Trading hours"), "schedule", "calendars", "instruments.view"),
            Entry(_("Assets"), "toll", "assets", "instruments.view"),
            Entry(_("Fees"), "percent", "fees", "fees.view"),
            Entry(_("Volume tiers"), "stairs", "fee_tiers", "fees.view"),
        ),
    ),
    (
        _("Money"),
        (
            Entry(_("Adjustments"), "approval", "adjustments", "adjustments.view", "adjustments"),
            Entry(_("Entries by staff"), "edit_note", "entry_requests", "ledger.view", "entries"),
            Entry(_("Chart of accounts"), "account_balance", "ledger", "ledger.view"),
            Entry(_("Journal entries"), "receipt_long", "entries", "ledger.view"),
            Entry(_("Custody accounts"), "savings", "custody_accounts", "ledger.view"),
            Entry(_("Periods"), "event_available", "periods", "ledger.view"),
            Entry(_("Trial balance"), "balance", "trial_balance", "ledger.view"),
            Entry(_("Reports"), "bar_chart", "reports", "reports.view"),
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
            Entry(_("Settings"), "tune", "settings", "settings.view"),
            Entry(_("Staff"), "badge", "staff", "staff.view"),
            Entry(_("Engine commands"), "outbox", "commands", "audit.view"),
            Entry(_("Audit trail"), "history", "audit", "audit.view"),
            Entry(_("Who saw what"), "visibility", "views_seen", "audit.view"),
        ),
    ),
)

OPERATOR: Menu = (
    ("", (Entry(_("Home"), "home", "index", "operator.enter"),)),
    (
        _("Platform"),
        (
            Entry(_("Tenants"), "domain", "tenants", "tenants.view"),
            Entry(_("Processes"), "monitor_heart", "processes", "health.view"),
            Entry(_("Operators"), "badge", "staff", "staff.view"),
            Entry(_("Audit trail"), "history", "audit", "audit.view"),
        ),
    ),
)


def tenant_menu(request: HttpRequest) -> list[dict[str, Any]]:
    from backoffice.tenant import attention

    return _visible(request, "backoffice", TENANT, attention.menu_counts(request.user))


def operator_menu(request: HttpRequest) -> list[dict[str, Any]]:
    return _visible(request, "operator", OPERATOR, {})


def _visible(
    request: HttpRequest, site: str, menu: Menu, counts: dict[str, int]
) -> list[dict[str, Any]]:
    groups = []
    for title, entries in menu:
        items = []
        for entry in entries:
            if not access.may(request.user, entry.capability):
                continue
            address = reverse(f"{site}:{entry.page}")
            items.append(
                {
                    "title": entry.title,
                    "icon": entry.icon,
                    "link": address,
                    "active": _is_active(request.path, address, is_index=entry.page == "index"),
                    "count": counts.get(entry.count, 0),
                }
            )
        groups.append({"title": title, "items": items})
    return _only_longest_active(groups)


def _is_active(path: str, address: str, *, is_index: bool) -> bool:
    return path == address if is_index else path.startswith(address)


def _only_longest_active(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of several matching entries (ledger, ledger/entries) only the nearest stays marked."""
    active = [item for group in groups for item in group["items"] if item["active"]]
    nearest = max(active, key=lambda item: len(item["link"]), default=None)
    for item in active:
        item["active"] = item is nearest
    return groups
