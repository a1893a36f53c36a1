"""Closing a customer's account for good, and opening it again, as staff do it."""

from typing import Any

from django.utils.translation import gettext as _

from backoffice import cells, pages, words
from backoffice.action import ActionPage
from backoffice.tenant import names
from care import selectors
from care.actions import closings
from trading.accounts.models import Account, AccountRole


class ClosingPage(ActionPage):
    """One account of a customer."""

    danger = True

    def target(self, account_id: int) -> Account:  # type: ignore[override]
        row: Account = names.found(Account.objects.select_related("user"), pk=account_id)
        return row

    def facts(self, target: Account) -> list[tuple[str, Any]]:
        return [
            (_("Account"), names.account_link(self.request, target)),
            (_("State now"), cells.badge(words.account_state_name(target.state))),
        ]

    def back(self, target: Account) -> str:
        return self.url("account", target.pk)

    def crumbs(self, target: Account) -> list[tuple[str, str]]:
        return [(_("Accounts"), self.url("accounts")), (target.name, self.back(target))]


class CloseAccount(ClosingPage):
    """Close an account in which nothing is, and that nothing is on its way to."""

    def title(self, target: Account) -> str:
        return _("Close the account")

    def explanation(self, target: Account) -> list[str]:
        return [
            _("Balances must be zero, and no order, deposit, withdrawal or adjustment open."),
            _("The engine suspends it within moments; the customer is told."),
        ]

    def obstacle(self, target: Account) -> str:
        if target.role != AccountRole.CUSTOMER:
            return _("Only a customer's account is closed so.")
        return _("It is closed already.") if selectors.is_closed(target) else ""

    def perform(self, target: Account, values: dict[str, Any]) -> str:
        closings.close_account(
            account=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("The account is closed.")


class ReopenAccount(ClosingPage):
    """Open a closed account again."""

    def title(self, target: Account) -> str:
        return _("Open the account again")

    def explanation(self, target: Account) -> list[str]:
        return [_("The engine makes it active within moments.")]

    def obstacle(self, target: Account) -> str:
        return "" if selectors.is_closed(target) else _("This account is not closed.")

    def perform(self, target: Account, values: dict[str, Any]) -> str:
        closings.reopen_account(
            account=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("The account is open again.")


PAGES = (
    pages.Page(
        "accounts/<int:account_id>/close/",
        "close_account",
        CloseAccount.as_view(),
        "accounts.change",
    ),
    pages.Page(
        "accounts/<int:account_id>/reopen/",
        "reopen_account",
        ReopenAccount.as_view(),
        "accounts.change",
    ),
)
