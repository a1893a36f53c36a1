"""Paying in by card: how far a payment is, and the way to the gateway's page."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import funding
from portal.forms import AnnounceForm
from portal.guard import customer_page
from portal.views import errors
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from wallets.payments.cards import actions, selectors
from wallets.payments.errors import PaymentError
from wallets.payments.models import PaymentMethod

RELOAD_SECONDS = 3


def start(
    request: HttpRequest, method: PaymentMethod, form: AnnounceForm
) -> HttpResponseBase | None:
    """Begin a payment with what was typed; None: the form says why not."""
    try:
        key = uuid.UUID(request.POST.get("request_key", ""))
    except ValueError:
        form.add_error(None, _("Open the form again and resend it."))
        return None
    try:
        row = actions.start_payment(
            user=request.user,
            account=accounts.access_account(request.user, funding.named_account(request)),
            method=method,
            amount_units=form.cleaned_data["amount"],
            request_key=key,
        )
    except (PaymentError, NoAccount) as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, str(error))
        return None
    return redirect("portal:card_payment", card_payment_id=row.pk)


@require_safe
@customer_page
def card_payment(request: HttpRequest, card_payment_id: int) -> HttpResponseBase:
    """One card payment: what is next, and how far it is. The gateway leads back to here."""
    try:
        row = selectors.access_payment(request.user, card_payment_id)
    except PaymentError:
        return errors.not_found(request)
    is_moving = selectors.is_moving(row)
    if is_moving:
        actions.ask_soon(payment=row)
    word, kind, sentence = funding.card_words(row)
    is_back = row.state == "open" and "back" in request.GET
    if is_back:
        sentence = _("We ask the gateway whether it is paid.")
    values: dict[str, Any] = {
        "row": row,
        "word": word,
        "kind": kind or "info",
        "sentence": sentence,
        "amount_units": int(row.amount_units),
        "fee_units": int(row.deposit.fee_units) if row.deposit else _fee(row),
        "gets_units": row.deposit.credited_units if row.deposit else _gets(row),
        "page_url": row.page_url if row.state == "open" else "",
        "is_back": is_back,
        "steps": funding.card_timeline(row),
        "reload_seconds": RELOAD_SECONDS if is_moving else 0,
        "is_credited": bool(row.deposit and row.deposit.state == "credited"),
        "debt_units": sum(claim.debt_units for claim in row.claims.all()),
    }
    return render(request, "portal/card_payment.html", values)


def _fee(row: Any) -> int:
    return int(row.method.deposit_fee(int(row.amount_units)))


def _gets(row: Any) -> int:
    return int(row.amount_units) - _fee(row)
