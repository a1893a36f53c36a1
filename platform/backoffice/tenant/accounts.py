"""Trading accounts: state, live balances from the engine, statement, suspend and reactivate."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages, words
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Choice, Column, Listing
from backoffice.tenant import history, names, protections
from care import selectors as care
from identity import selectors as customers
from identity.models import User
from trading.accounts import actions, selectors
from trading.accounts.models import Account, AccountGroup, AccountRole, AccountState
from trading.commands import door
from trading.engine import events, queries
from trading.engine.results import Result
from trading.instruments.models import Instrument
from wallets.ledger.models import Balance, Line, Posting

CHANGE_LABELS = {
    "state": gettext_lazy("State"),
    "group_id": gettext_lazy("Group"),
    "trade_group": gettext_lazy("Trade group"),
}


def live_balances(account: Account) -> list[dict[str, Any]] | None:
    """Available, held and booked per asset as the engine has them now; None if it is away."""
    try:
        answer = door.send_command(queries.QueryBalances(account_id=account.pk))
    except (door.EngineUnavailable, door.EngineUnknown):
        return None
    if answer.result != Result.ACCEPTED:
        return []
    assets = names.assets()
    return [
        {
            "asset": assets[row.asset_id].code,
            "available": names.amount(row.available_units, assets[row.asset_id]),
            "held": names.amount(row.held_units, assets[row.asset_id]),
            "booked": names.amount(row.available_units + row.held_units, assets[row.asset_id]),
        }
        for row in answer.events
        if isinstance(row, events.BalanceRow) and row.asset_id in assets
    ]


def armed_cancels(account: Account) -> list[dict[str, Any]] | None:
    """What cancels the account's orders by itself, as the engine has it now; None if it is away."""
    try:
        answer = door.send_command(queries.QueryArmed(account_id=account.pk))
    except (door.EngineUnavailable, door.EngineUnknown):
        return None
    symbols = {row.pk: row.symbol for row in Instrument.objects.all()}
    return [
        {
            "instrument": symbols.get(row.instrument_id, f"#{row.instrument_id}")
            if row.instrument_id
            else _("All instruments"),
            "on_disconnect": _("armed") if row.on_disconnect else "–",
            "deadline": cells.when(
                datetime.datetime.fromtimestamp(row.deadline_ns // 10**9, tz=datetime.UTC)
                if row.deadline_ns
                else None
            ),
        }
        for row in answer.events
        if isinstance(row, events.ArmedRow)
    ]


def booked_balances(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """What the ledger says is owed to the account, at the clearing checkpoint."""
    rows = Balance.objects.filter(
        ledger_account__account=account, ledger_account__line=Line.ENGINE_ACCOUNT
    ).select_related("ledger_account", "ledger_account__asset")
    return [
        {
            "asset": row.ledger_account.asset.code,
            "booked": names.amount(-row.units, row.ledger_account.asset),
            "address": pages.url(request, "ledger_account", row.ledger_account_id),
        }
        for row in rows.order_by("ledger_account__asset_id")
    ]


def card(request: HttpRequest, account: Account) -> dict[str, Any]:
    """An account as the customer's page shows it."""
    return {
        "account": account,
        "state": words.account_state_name(account.state),
        "address": pages.url(request, "account", account.pk),
        "live": live_balances(account),
    }


def _narrow_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "restricted":
        return rows.exclude(state=AccountState.ACTIVE)
    return rows.filter(state=int(value))


def _search(rows: QuerySet, term: str) -> QuerySet:
    number = int(term) if term.isascii() and term.isdigit() and len(term) < 19 else 0
    return rows.filter(Q(pk=number) | Q(name__icontains=term) | Q(user__email__icontains=term))


def accounts(request: HttpRequest) -> HttpResponse:
    """All trading accounts, the house's as well."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Account"), lambda a: cells.pair(a.name, a.pk), "main"),
            Column(gettext_lazy("Customer"), lambda a: names.user_link(request, a.user)),
            Column(gettext_lazy("Kind"), lambda a: a.get_role_display()),
            Column(gettext_lazy("Group"), lambda a: a.group.name),
            Column(gettext_lazy("State"), lambda a: cells.badge(words.account_state_name(a.state))),
            Column(gettext_lazy("Opened (UTC)"), lambda a: cells.when(a.opened_at)),
        ],
        filters=[
            Choice(
                "state",
                gettext_lazy("State"),
                [("restricted", gettext_lazy("Suspended or restricted"))]
                + [(str(value), label) for value, label in AccountState.choices],
                _narrow_state,
            ),
            Choice(
                "role",
                gettext_lazy("Kind"),
                [(str(value), label) for value, label in AccountRole.choices],
                lambda rows, value: rows.filter(role=int(value)),
            ),
        ],
        search=_search,
        search_hint=gettext_lazy("Account id, name or e-mail"),
        empty_headline=gettext_lazy("No accounts yet"),
        empty_sentence=gettext_lazy("One opens when a customer verifies the e-mail address."),
        row_link=lambda row: pages.url(request, "account", row.pk),
    )
    rows = Account.objects.select_related("user", "group")
    return pages.render(
        request, "list.html", {"table": listing.page(request, rows)}, title=_("Accounts")
    )


def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: balances now, in the books, and its statement."""
    row: Account = names.found(Account.objects.select_related("user", "group"), pk=account_id)
    context: dict[str, Any] = {
        "account": row,
        "live": live_balances(row),
        "armed": armed_cancels(row),
        "protections": protections.rows_of(row),
        "facts": [
            (_("State"), cells.badge(words.account_state_name(row.state))),
            (_("Account id"), cells.mono(row.pk)),
            (_("Customer"), names.user_link(request, row.user)),
            (_("Kind"), row.get_role_display()),
            (_("Group"), row.group.name),
            (_("Opened (UTC)"), cells.when(row.opened_at)),
        ],
        "history": history.steps(
            row.versions.select_related("command")[:20],
            lambda name: str(CHANGE_LABELS.get(name, name)),
            _change_text,
        ),
    }
    if access.may(request.user, "ledger.view"):
        context["booked"] = booked_balances(request, row)
        context["statement"] = _statement(request, row)
    context["is_closed"] = care.is_closed(row)
    return pages.render(
        request,
        "account.html",
        context,
        title=row.name,
        crumbs=_crumbs(request, row),
    )


def _change_text(name: str, value: Any) -> str:
    """One value of an account's version."""
    if name == "state":
        return words.account_state_text(value)
    if name == "group_id":
        group = AccountGroup.objects.filter(pk=value).first()
        return group.name if group else str(value)
    return str(value) if value else _("none")


def _crumbs(request: HttpRequest, row: Account) -> list[tuple[str, str]]:
    crumbs = [(_("Customers"), pages.url(request, "customers"))]
    if row.user and not row.user.is_staff:
        crumbs.append((row.user.email, pages.url(request, "customer", row.user.pk)))
    return crumbs


def _statement(request: HttpRequest, row: Account) -> Any:
    """The newest postings on the account's ledger accounts; credit means more for it."""
    postings = (
        Posting.objects.filter(
            ledger_account__account=row, ledger_account__line=Line.ENGINE_ACCOUNT
        )
        .select_related("entry", "ledger_account", "ledger_account__asset")
        .order_by("-entry_id", "-line")[:30]
    )
    return Listing(
        columns=[
            Column(gettext_lazy("Entry"), lambda p: cells.mono(p.entry_id), "main"),
            Column(gettext_lazy("Time (UTC)"), lambda p: cells.when(p.entry.time)),
            Column(gettext_lazy("Why"), lambda p: p.entry.get_kind_display()),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda p: names.amount(-p.units, p.ledger_account.asset),
                "number",
            ),
        ],
        row_link=lambda p: pages.url(request, "entry", p.entry_id),
        empty_headline=gettext_lazy("Nothing has moved yet"),
    ).show(postings)


class AccountStateForm(ReasonForm):
    """The state an account shall have, and why."""

    state = forms.TypedChoiceField(
        label=gettext_lazy("State"),
        coerce=int,
        choices=[
            (AccountState.ACTIVE, gettext_lazy("Active: may trade")),
            (AccountState.CANCEL_ONLY, gettext_lazy("Cancel only: no new orders")),
            (AccountState.SUSPENDED, gettext_lazy("Suspended: neither orders nor cancels")),
        ],
    )
    field_order = ["state", "reason", "token"]


class SetAccountState(ActionPage):
    """Suspend, restrict or reactivate an account, with a reason."""

    form_class = AccountStateForm
    danger = True

    def target(self, account_id: int) -> Account:  # type: ignore[override]
        row: Account = names.found(Account.objects.select_related("user"), pk=account_id)
        return row

    def title(self, target: Account) -> str:
        return _("Change the account's state")

    def confirm_label(self, target: Account) -> str:
        return _("Change the state")

    def facts(self, target: Account) -> list[tuple[str, Any]]:
        return [
            (_("Account"), target),
            (_("State now"), cells.badge(words.account_state_name(target.state))),
        ]

    def explanation(self, target: Account) -> list[str]:
        return [
            _("It takes effect in the engine within moments."),
            _("Open orders stay in the book and can still be filled; cancel them if you must."),
        ]

    def obstacle(self, target: Account) -> str:
        if care.is_closed(target):
            return _("This account is closed: open it again instead.")
        return ""

    def initial(self, target: Account) -> dict[str, Any]:
        suspended = target.state != AccountState.ACTIVE
        return {"state": int(AccountState.ACTIVE if suspended else AccountState.SUSPENDED)}

    def perform(self, target: Account, values: dict[str, Any]) -> str:
        actions.set_account_state(
            account=target,
            state=values["state"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("%(account)s is on its way to its new state.") % {"account": target}

    def back(self, target: Account) -> str:
        return self.url("account", target.pk)

    def crumbs(self, target: Account) -> list[tuple[str, str]]:
        return [*_crumbs(self.request, target), (target.name, self.back(target))]


class OpenAccountForm(ReasonForm):
    """What a further account is to be called, and why staff open it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=actions.MOST_NAME)
    field_order = ["name", "reason", "token"]


class OpenAccount(ActionPage):
    """Open a further account for a customer, within the firm's limit."""

    form_class = OpenAccountForm

    def target(self, user_id: int) -> User:  # type: ignore[override]
        found: User = customers.access_customer(self.request.user, user_id)  # type: ignore[arg-type]
        return found

    def title(self, target: User) -> str:
        return _("Open a further account")

    def facts(self, target: User) -> list[tuple[str, Any]]:
        own = selectors.open_accounts_of(target)
        return [
            (_("Customer"), names.user_link(self.request, target)),
            (_("Open accounts"), own.count()),
        ]

    def explanation(self, target: User) -> list[str]:
        return [
            _("It trades once the engine has it, which takes moments."),
            _("The customer sees it on the page of his accounts."),
        ]

    def perform(self, target: User, values: dict[str, Any]) -> str:
        made = actions.open_account(
            user=target,
            acting_user=self.request.user,
            name=values["name"],
            key=f"staff:{values['token']}",
            reason=values["reason"],
        )
        return _("%(account)s is open.") % {"account": made}

    def back(self, target: User) -> str:
        return self.url("customer", target.pk)

    def crumbs(self, target: User) -> list[tuple[str, str]]:
        return [(_("Customers"), self.url("customers")), (target.email, self.back(target))]


PAGES = (
    pages.Page(
        "customers/<int:user_id>/open-account/",
        "open_account",
        OpenAccount.as_view(),
        "accounts.change",
    ),
    pages.Page("accounts/", "accounts", accounts, "customers.view"),
    pages.Page("accounts/<int:account_id>/", "account", account, "customers.view"),
    pages.Page(
        "accounts/<int:account_id>/state/",
        "set_account_state",
        SetAccountState.as_view(),
        "accounts.change",
    ),
)
