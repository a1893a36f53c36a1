"""A customer's accounts: how each stands, opening, naming, choosing and closing one."""

from typing import Any

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from care.actions import closings
from care.errors import CareError
from identity import sessions
from portal.account_forms import AccountNameForm, OpenAccountForm
from portal.guard import customer_page, limited, next_address, stepping_up
from portal.views.gate import status_of
from tenants import registry
from trading.accounts import actions
from trading.accounts import selectors as accounts
from trading.accounts.declared import MOST_ACCOUNTS
from trading.accounts.errors import AccountError, NoAccount
from trading.accounts.models import Account, AccountState
from trading.commands.door import EngineUnavailable, EngineUnknown


@require_safe
@customer_page
def own_accounts(request: HttpRequest) -> HttpResponse:
    return _page(request, [])


@require_POST
@limited("open-account", per_minute=10)
@customer_page
def open_account(request: HttpRequest) -> HttpResponse:
    """Open a further account; the same form again leads to the same account."""
    form = OpenAccountForm(request.POST)
    if form.is_valid():
        try:
            made = actions.open_account(
                user=request.user,
                acting_user=request.user,
                name=form.cleaned_data["name"],
                key=str(form.cleaned_data["request_key"]),
            )
        except AccountError as error:
            form.add_error("name", str(error))
        else:
            flash.success(
                request, _("“%(name)s” is open: it trades in a moment.") % {"name": made.name}
            )
            return redirect("portal:own_accounts")
    return _page(request, [], opening=form)


@require_POST
@limited("rename-account", per_minute=20)
@customer_page
def rename_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give an own account another name."""
    account = _own(request, account_id)
    form = AccountNameForm(request.POST)
    try:
        if not form.is_valid():
            raise AccountError(_("Give the account a name of 1 to 80 plain characters."))
        actions.rename_account(
            account=account, name=form.cleaned_data["name"], acting_user=request.user
        )
    except AccountError as error:
        return _page(request, [str(error)])
    flash.success(request, _("The account has its new name."))
    return redirect("portal:own_accounts")


@require_POST
@limited("choose-account", per_minute=60)
@customer_page
def choose_account(request: HttpRequest) -> HttpResponse:
    """From now on the pages are of this account; back to where it was chosen."""
    text = request.POST.get("account", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    try:
        actions.choose_account(account=_own(request, number), acting_user=request.user)
    except AccountError as error:
        flash.error(request, str(error))
    return redirect(next_address(request, "portal:dashboard"))


@require_POST
@limited("close-account", per_minute=20)
@customer_page
@stepping_up
def close_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Close an own account; what stands against it is told."""
    sessions.require_recent(request)
    account = _own(request, account_id)
    try:
        closings.close_account(account=account, reason="", acting_user=request.user)
    except CareError as error:
        return _page(request, [error.message])
    except (EngineUnavailable, EngineUnknown):
        return _page(request, [_("We cannot look into it just now. Try again in a moment.")])
    flash.success(request, _("The account is closed."))
    return redirect("portal:own_accounts")


def _own(request: HttpRequest, account_id: int) -> Account:
    try:
        return accounts.access_account(request.user, account_id)
    except NoAccount as error:
        raise Http404 from error


def _page(
    request: HttpRequest, obstacles: list[str], *, opening: OpenAccountForm | None = None
) -> HttpResponse:
    """The page; with what stood in the way of something, or the form of an opening refused."""
    user: Any = request.user
    used = _used(user)
    words = {
        AccountState.ACTIVE: (_("Active"), "good"),
        AccountState.CANCEL_ONLY: (_("Orders can only be cancelled"), "warn"),
        AccountState.SUSPENDED: (_("Suspended"), "bad"),
    }
    rows = []
    for account in accounts.accounts_of(user):
        is_closed = account.closed_at is not None
        word, kind = (_("Closed"), "") if is_closed else words[AccountState(account.state)]
        rows.append(
            {
                "account": account,
                "key": str(account.pk),
                "word": word,
                "kind": kind,
                "is_closed": is_closed,
                "is_used": account.pk == used,
            }
        )
    status = 409 if obstacles else 200 if opening is None else status_of(opening)
    values = {
        "rows": rows,
        "obstacles": obstacles,
        "opening": opening or OpenAccountForm(),
        "may_open": bool(rows) and accounts.may_open(user),
        "has_several": sum(not row["is_closed"] for row in rows) > 1,
        "most": registry.get(MOST_ACCOUNTS),
    }
    return render(request, "portal/accounts.html", values, status=status)


def _used(user: Any) -> int:
    """The account that the pages are of; 0 without one."""
    try:
        return int(accounts.access_account(user).pk)
    except NoAccount:
        return 0
