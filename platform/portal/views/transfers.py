"""Moving money between own accounts: the form, what was moved, and how far one transfer is."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.account_forms import TransferForm
from portal.guard import customer_page, limited
from portal.history import Page, Row, page_of
from portal.views import errors
from portal.views.gate import status_of
from portal.views.history import csv_response
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from trading.accounts.models import AccountState
from trading.engine.results import Result
from trading.instruments.models import Asset
from wallets.transfers import actions, selectors
from wallets.transfers.errors import TransferError
from wallets.transfers.models import OwnTransfer, State

ROWS_SHOWN = 30
EXPORT_ROWS = 2_000
RELOAD_SECONDS = 2
COLUMNS = (
    "transfer_id", "created_at", "state", "from_account", "to_account", "asset", "amount",
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@limited("transfer", per_minute=20)
@customer_page
def transfers(request: HttpRequest) -> HttpResponseBase:
    """Ask for a transfer; what was moved before."""
    if request.GET.get("format") == "csv":
        return csv_response("transfers.csv", COLUMNS, partial(_rows, request.user))
    own = list(accounts.open_accounts_of(request.user))
    usable = [account for account in own if account.state == AccountState.ACTIVE]
    initial = _initial(request, usable)
    form = TransferForm(
        request.POST or None,
        accounts=usable,
        assets=list(Asset.objects.order_by("pk")),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = actions.request_transfer(
                source=asked["source"],
                target=asked["target"],
                asset=asked["asset"],
                amount_units=asked["amount"],
                request_key=str(asked["request_key"]),
                acting_user=request.user,
            )
        except TransferError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("portal:transfer", transfer_id=row.pk)
    values = {
        "form": form,
        "may_move": len(usable) > 1,
        "has_frozen": len(usable) < len(own),
        "rows": [_row(row) for row in selectors.transfers_of(request.user)[:ROWS_SHOWN]],
        "csv_query": "format=csv",
    }
    return render(request, "portal/transfers.html", values, status=status_of(form))


@require_safe
@customer_page
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponseBase:
    """One transfer; while it is under way the page looks again by itself."""
    try:
        row = selectors.access_transfer(request.user, transfer_id)
    except TransferError:
        return errors.not_found(request)
    words = state_words()
    values = {
        "row": _row(row),
        "steps": [{"word": words[step.state][0], "at": step.at} for step in row.steps.all()],
        "reload_seconds": RELOAD_SECONDS if row.ended_at is None else 0,
        "why": _why(row),
    }
    return render(request, "portal/transfer.html", values)


def state_words() -> dict[str, tuple[str, str]]:
    """Each state in the customer's words, and the kind of its badge."""
    return {
        State.REQUESTED: (_("On its way"), "warn"),
        State.TAKEN: (_("Taken, arrives in a moment"), "warn"),
        State.DONE: (_("Arrived"), "good"),
        State.REFUSED: (_("Not made"), "bad"),
        State.RETURNING: (_("On its way back"), "warn"),
        State.RETURNED: (_("Came back"), "bad"),
    }


def _why(row: OwnTransfer) -> str:
    """Why the engine refused it, in a sentence."""
    if row.state != State.REFUSED or row.result is None:
        return ""
    if row.result == Result.INSUFFICIENT_FUNDS:
        return _("Too little was available in the account. Nothing was moved.")
    return _("It cannot be made just now. Nothing was moved.")


def _initial(request: HttpRequest, usable: list[Any]) -> dict[str, Any]:
    """From the account in use to another one."""
    try:
        used = accounts.access_account(request.user)
    except NoAccount:
        return {}
    others = [account for account in usable if account.pk != used.pk]
    return {"source": str(used.pk), "target": str(others[0].pk) if others else ""}


def _rows(user: Any, *, cursor: str = "") -> Page:
    return page_of(selectors.transfers_of(user), _row, cursor, EXPORT_ROWS)


def _row(row: OwnTransfer) -> Row:
    word, kind = state_words()[row.state]
    return {
        "transfer_id": row.pk,
        "created_at": row.requested_at,
        "state": row.state,
        "word": word,
        "kind": kind,
        "from_account": row.source_id,
        "to_account": row.target_id,
        "source": row.source,
        "target": row.target,
        "asset": row.asset,
        "amount": row.asset.text(int(row.amount_units)),
        "amount_units": int(row.amount_units),
    }
