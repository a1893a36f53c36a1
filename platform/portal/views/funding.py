"""Paying in and being paid out: bank details, deposits, withdrawals, the beneficiary book."""

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity import selectors as identity
from identity.errors import IdentityError
from portal import funding
from portal.forms import AnnounceForm, BeneficiaryForm, WithdrawForm
from portal.guard import customer_page, limited
from portal.history import Page
from portal.views import cards, errors
from portal.views.gate import status_of
from portal.views.history import csv_response
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from wallets.payments import limits, numbers, selectors
from wallets.payments.beneficiaries import actions as beneficiary_actions
from wallets.payments.cards import selectors as card_selectors
from wallets.payments.deposits import actions as deposit_actions
from wallets.payments.errors import PaymentError
from wallets.payments.methods import actions as methods
from wallets.payments.models import Beneficiary, PaymentMethod, Rail
from wallets.payments.withdrawals import actions as withdrawal_actions

ROWS_SHOWN = 20
form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@limited("deposit", per_minute=20)
@customer_page
def deposit(request: HttpRequest) -> HttpResponseBase:
    """How to pay in: the firm's bank account and the customer's own reference; what came."""
    if request.GET.get("format") == "csv":
        return _csv("deposits", funding.DEPOSIT_COLUMNS, partial(funding.deposits, request.user))
    if not accounts.accounts_of(request.user).exists():
        return render(request, "portal/deposit.html", {"methods": []})
    offered = selectors.methods_for(request.user, withdrawal=False)
    method = _chosen(offered, request.GET.get("method", ""))
    form = AnnounceForm(request.POST or None, asset=method.asset if method else None)
    is_card = method is not None and method.rail == Rail.CARD
    if request.method == "POST" and method is not None and is_card and form.is_valid():
        answer = cards.start(request, method, form)
        if answer is not None:
            return answer
    elif request.method == "POST" and method is not None and form.is_valid():
        try:
            deposit_actions.announce_deposit(
                user=request.user, method=method, amount_units=form.cleaned_data["amount"]
            )
        except PaymentError as error:
            form.add_error("amount", str(error))
        else:
            messages.success(request, _("Noted. We look out for your transfer."))
            return redirect(f"{reverse('portal:deposit')}?method={method.code}")
    values: dict[str, Any] = {
        "methods": [(row.code, _name(row), row == method) for row in offered],
        "method": method,
        "form": form,
        "rows": funding.deposits(request.user, limit=ROWS_SHOWN).rows,
        "csv_query": "format=csv",
        "is_card": is_card,
        "request_key": request.POST.get("request_key") or uuid.uuid4(),
        "card_rows": _open_cards(request.user),
    }
    if method is not None and is_card:
        values |= {"note": method.text(_language(), "note")}
    elif method is not None:
        reference = methods.reference_of(request.user)
        values |= {
            "note": method.text(_language(), "note"),
            "bank": method.bank_account,
            "iban": numbers.shown_reference(method.bank_account.iban)
            if method.bank_account
            else "",
            "reference": numbers.shown_reference(reference),
        }
    return render(request, "portal/deposit.html", values, status=status_of(form))


def _open_cards(user: Any) -> list[dict[str, Any]]:
    """The customer's card payments that are no deposit (yet), newest first."""
    rows = card_selectors.payments_of(user).filter(deposit=None)
    return [funding.card_row(row) for row in rows[:ROWS_SHOWN]]


@form_page
@limited("withdraw", per_minute=20)
@customer_page
def withdraw(request: HttpRequest) -> HttpResponseBase:
    """Ask to be paid: to whom and how much, then once more with fee and what arrives."""
    user = request.user
    if request.GET.get("format") == "csv":
        return _csv("withdrawals", funding.WITHDRAWAL_COLUMNS, partial(funding.withdrawals, user))
    book = list(selectors.beneficiaries_of(user))
    usable = [row for row in book if funding.is_usable(row)]
    data = request.POST or None
    initial = {key: request.GET.get(key, "") for key in ("beneficiary", "amount")}
    form = WithdrawForm(data, beneficiaries=usable, initial=initial)
    review = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("confirmed"):
                return _ask(request, form)
            review = _review(request, form)
        except IdentityError as error:
            if error.code != "step_up":
                raise
            return _prove(form)
        except (PaymentError, NoAccount) as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, str(error))
    values = {
        "form": form,
        "review": review,
        "usable": usable,
        "book": book,
        "limits": _limits(request) if usable else [],
        "has_second_factor": identity.has_second_factor(user),
        "rows": funding.withdrawals(user, limit=ROWS_SHOWN).rows,
        "csv_query": "format=csv",
        "request_key": uuid.uuid4(),
    }
    return render(request, "portal/withdraw.html", values, status=status_of(form))


def _review(request: HttpRequest, form: WithdrawForm) -> dict[str, Any]:
    """What would leave, what the fee is, what arrives where. Nothing is asked yet."""
    row: Beneficiary = form.cleaned_data["beneficiary"]
    units = form.cleaned_data["amount"]
    account = accounts.access_account(request.user)
    withdrawal_actions.check_withdrawal(
        user=request.user,
        account=account,
        beneficiary=row,
        amount_units=units,
        now=timezone.now(),
    )
    fee = row.method.withdrawal_fee(units)
    return {
        "account": account,
        "account_key": str(account.pk),
        "beneficiary": row,
        "iban": numbers.shown_reference(row.iban),
        "asset": row.method.asset,
        "units": units,
        "amount": row.method.asset.text(units),
        "fee_units": fee,
        "net_units": units - fee,
    }


def _ask(request: HttpRequest, form: WithdrawForm) -> HttpResponse:
    try:
        key = uuid.UUID(request.POST.get("request_key", ""))
    except ValueError:
        raise PaymentError(_("Open the form again and resend it.")) from None
    row = withdrawal_actions.request_withdrawal(
        request=request,
        account=accounts.access_account(request.user, funding.named_account(request)),
        beneficiary=form.cleaned_data["beneficiary"],
        amount_units=form.cleaned_data["amount"],
        request_key=key,
    )
    messages.success(request, _("Asked for. Here you see how far it is."))
    return redirect("portal:withdrawal", withdrawal_id=row.pk)


def _prove(form: WithdrawForm) -> HttpResponse:
    """To the page that asks for the code, and back to the form as it was."""
    beneficiary, units = form.cleaned_data["beneficiary"], form.cleaned_data["amount"]
    back = urlencode(
        {"beneficiary": beneficiary.pk, "amount": beneficiary.method.asset.text(units)}
    )
    query = urlencode({"next": f"{reverse('portal:withdraw')}?{back}"})
    return redirect(f"{reverse('portal:confirm')}?{query}")


def _limits(request: HttpRequest) -> list[dict[str, Any]]:
    """The limits and the fee of each method, and what is left of them."""
    now = timezone.now()
    found = []
    for method in selectors.methods_for(request.user, withdrawal=True):
        room = limits.withdrawal_room(method, request.user, now)
        found.append(
            {
                "name": _name(method),
                "asset": method.asset,
                "least": int(method.withdrawal_min_units),
                "most": int(method.withdrawal_max_units),
                "fee_units": int(method.withdrawal_fee_units),
                "fee_ppm": method.withdrawal_fee_ppm,
                "unvalued": room.unvalued,
                "currency": room.currency,
                "day": room.day_units,
                "month": room.month_units,
            }
        )
    return found


@require_safe
@customer_page
def withdrawal(request: HttpRequest, withdrawal_id: int) -> HttpResponseBase:
    """One withdrawal and how far it is."""
    try:
        row = selectors.access_withdrawal(request.user, withdrawal_id)
    except PaymentError:
        return errors.not_found(request)
    values = {
        "row": funding.withdrawal_row(row),
        "iban": numbers.shown_reference(row.iban),
        "holder": row.holder,
        "steps": funding.timeline(row),
        "may_cancel": row.state == "waiting" and row.first_by_id is None,
        "is_moving": row.ended_at is None,
    }
    return render(request, "portal/withdrawal.html", values)


@require_POST
@limited("withdraw", per_minute=20)
@customer_page
def cancel_withdrawal(request: HttpRequest, withdrawal_id: int) -> HttpResponseBase:
    try:
        row = selectors.access_withdrawal(request.user, withdrawal_id)
    except PaymentError:
        return errors.not_found(request)
    try:
        withdrawal_actions.cancel_withdrawal(withdrawal=row, acting_user=request.user)
    except PaymentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Cancelled. The money is on its way back to your account."))
    return redirect("portal:withdrawal", withdrawal_id=row.pk)


@form_page
@limited("beneficiaries", per_minute=10)
@customer_page
def beneficiaries(request: HttpRequest) -> HttpResponseBase:
    """The accounts a customer may be paid to, and adding one."""
    offered = selectors.methods_for(request.user, withdrawal=True)
    form = BeneficiaryForm(
        request.POST or None, methods=offered, initial={"holder": request.user.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = beneficiary_actions.add_beneficiary(request=request, **form.cleaned_data)
        except IdentityError as error:
            if error.code != "step_up":
                raise
            query = urlencode({"next": reverse("portal:beneficiaries")})
            return redirect(f"{reverse('portal:confirm')}?{query}")
        except PaymentError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            if row.is_own_name:
                messages.success(request, _("Added. You can be paid there after the waiting time."))
            else:
                messages.warning(
                    request, _("Added. The holder has another name than you: we look at it first.")
                )
            return redirect("portal:beneficiaries")
    values = {
        "form": form,
        "rows": [funding.beneficiary_row(row) for row in selectors.beneficiaries_of(request.user)],
        "is_offered": bool(offered),
        "has_second_factor": identity.has_second_factor(request.user),
    }
    return render(request, "portal/beneficiaries.html", values, status=status_of(form))


@require_POST
@limited("beneficiaries", per_minute=20)
@customer_page
def remove_beneficiary(request: HttpRequest, beneficiary_id: int) -> HttpResponseBase:
    try:
        row = selectors.access_beneficiary(request.user, beneficiary_id)
    except PaymentError:
        return errors.not_found(request)
    beneficiary_actions.remove_beneficiary(beneficiary=row, acting_user=request.user)
    messages.success(request, _("Removed from your book."))
    return redirect("portal:beneficiaries")


def _csv(name: str, columns: Sequence[str], read: Any) -> HttpResponseBase:
    def pages(cursor: str = "") -> Page:
        found: Page = read(cursor=cursor, limit=funding.EXPORT_ROWS)
        return found

    return csv_response(f"{name}.csv", columns, pages)


def _chosen(offered: list[PaymentMethod], code: str) -> PaymentMethod | None:
    wanted = [row for row in offered if row.code == code]
    return (wanted or offered or [None])[0]  # type: ignore[list-item]


def _name(method: PaymentMethod) -> str:
    return method.text(_language(), "name")


def _language() -> str:
    return get_language() or "en"
