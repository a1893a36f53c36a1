"""Capabilities in words, in groups, for people who give and review rights."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {
    "backoffice.enter": _("Enter the backoffice"),
    "customers.view": _("See customers and their accounts"),
    "customers.edit": _("Close and open customers' logins"),
    "customers.see_as": _("See pages as a customer does, read-only"),
    "accounts.change": _("Suspend and restrict accounts, protect quotes"),
    "orders.view": _("See orders and trades"),
    "orders.cancel": _("Cancel customers' orders"),
    "kyc.view": _("See cases of customers"),
    "kyc.documents": _("See and check customers' documents"),
    "kyc.decide": _("Decide cases"),
    "kyc.lists": _("Manage screening lists"),
    "kyc.configure": _("Configure tiers, questions and providers"),
    "messages.view": _("See what was sent, and what could not be"),
    "messages.manage": _("Set up channels, templates and webhooks, send again"),
    "tickets.view": _("Read customers' questions"),
    "tickets.answer": _("Answer customers' questions"),
    "resets.ask": _("Ask that a customer's second factor be reset"),
    "resets.approve": _("Agree to such a reset as the second person"),
    "rules.view": _("See risk rules and their alerts"),
    "rules.edit": _("Write and test risk rules, see to their alerts"),
    "rules.approve": _("Put risk rules in force as the second person"),
    "instruments.view": _("See instruments, assets, trading hours"),
    "instruments.change": _("Create, change, halt and open instruments"),
    "fees.view": _("See fees and volume tiers"),
    "fees.change": _("Change fees, ask for many at once"),
    "fees.approve": _("Approve changes of many fees"),
    "payments.view": _("See deposits, withdrawals, bank statements and payment files"),
    "payments.methods": _("Set up bank accounts, gateways and payment methods"),
    "deposits.handle": _("Work on deposits and card payments"),
    "deposits.decide": _("Agree on deposits and refunds as the second person"),
    "withdrawals.decide": _("Approve withdrawals and beneficiaries"),
    "bank.prepare": _("Upload bank statements, prepare payment files"),
    "bank.release": _("Take statements in, release payment files as the second person"),
    "approvals.view": _("Open the inbox of approvals"),
    "adjustments.view": _("See adjustments"),
    "adjustments.request": _("Ask for credits and debits"),
    "adjustments.approve": _("Approve credits and debits"),
    "campaigns.view": _("See campaigns and what they cost"),
    "campaigns.change": _("Declare, pause and end campaigns"),
    "campaigns.approve": _("Activate campaigns as the second person"),
    "ledger.view": _("See the books"),
    "ledger.prove": _("Have the books proved"),
    "bookkeeping.request": _("Ask for journal entries"),
    "bookkeeping.approve": _("Approve journal entries, reopen months"),
    "periods.close": _("Close months and years"),
    "reports.view": _("See and export reports"),
    "breaks.handle": _("Work on breaks of the books"),
    "breaks.resolve": _("Resolve breaks as the second person"),
    "outside.enter": _("Enter outside balances"),
    "liabilities.publish": _("Publish what is owed to customers"),
    "rebuild.ask": _("Have tables rebuilt"),
    "rebuild.approve": _("Have rebuilt rows put in force"),
    "invoices.view": _("See the platform's invoices"),
    "staff.view": _("See colleagues and their rights"),
    "staff.manage": _("Invite colleagues, change roles and logins"),
    "brand.view": _("See the brand"),
    "brand.change": _("Change the brand"),
    "settings.view": _("See settings"),
    "settings.change": _("Change settings"),
    "audit.view": _("Read the audit trail, engine commands, who saw what"),
    "operator.enter": _("Enter the operator's pages"),
    "tenants.view": _("See firms, their domains and announcements"),
    "tenants.manage": _("Create firms, suspend and open them, announce"),
    "tenants.see_as": _("See a firm's pages as somebody there, read-only"),
    "billing.view": _("See plans and invoices"),
    "billing.manage": _("Change plans, issue invoices"),
    "health.view": _("See processes"),
}

_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Customers and orders"), ("backoffice", "customers", "accounts", "orders", "tickets",
                                 "resets")),
    (_("Compliance"), ("kyc", "rules")),
    (_("Trading"), ("instruments", "fees")),
    (_("Payments"), ("payments", "deposits", "withdrawals", "bank")),
    (_("Money"), ("approvals", "adjustments", "campaigns", "ledger", "bookkeeping", "periods",
                  "reports", "breaks", "outside", "liabilities", "rebuild")),
    (_("Firm"), ("invoices", "staff", "brand", "settings", "messages", "audit")),
    (_("Platform"), ("operator", "tenants", "billing", "health")),
)  # fmt: skip
_OTHERS = _("More")


def words_of(capability: str) -> str:
    """What it allows; one nobody has told yet by its name."""
    return str(WORDS.get(capability, capability.replace(".", ": ").replace("_", " ")))


def grouped(capabilities: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Capabilities by group, in the order in which they are told here; others at the end."""
    left = set(capabilities)
    order = {name: number for number, name in enumerate(WORDS)}
    found = []
    for title, rooms in _GROUPS:
        mine = [name for name in left if name.partition(".")[0] in rooms]
        left -= set(mine)
        if mine:
            found.append((str(title), sorted(mine, key=lambda name: (order.get(name, 99), name))))
    if left:
        found.append((str(_OTHERS), sorted(left)))
    return found
