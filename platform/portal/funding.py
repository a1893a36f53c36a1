"""A customer's deposits and withdrawals as rows of pages and files."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.history import Page, Row, page_of
from wallets.payments import numbers, selectors
from wallets.payments.models import (
    Beneficiary,
    BeneficiaryState,
    CardPayment,
    Deposit,
    Withdrawal,
)

EXPORT_ROWS = 2_000
DEPOSIT_COLUMNS = ("deposit_id", "created_at", "state", "asset", "amount", "fee", "credited")
WITHDRAWAL_COLUMNS = (
    "withdrawal_id",
    "created_at",
    "state",
    "asset",
    "amount",
    "fee",
    "arrives",
    "to",
)


def named_account(request: HttpRequest) -> int | None:
    """The number of the account that stood on the page which was sent, whatever was chosen in
    another tab since; None: the page named none."""
    named = request.POST.get("account", "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 19 else None


def deposits(user: Any, *, cursor: str = "", limit: int) -> Page:
    """A customer's deposits, newest first."""
    return page_of(selectors.deposits_of(user), deposit_row, cursor, limit)


def withdrawals(user: Any, *, cursor: str = "", limit: int) -> Page:
    """A customer's withdrawals, newest first."""
    return page_of(selectors.withdrawals_of(user), withdrawal_row, cursor, limit)


def deposit_row(row: Deposit) -> Row:
    word, kind = deposit_words().get(row.state, (_("Being looked at"), "warn"))
    return {
        "deposit_id": row.pk,
        "created_at": row.recorded_at,
        "state": row.state,
        "word": word,
        "kind": kind,
        "asset": row.asset,
        "amount": row.asset.text(int(row.amount_units)),
        "fee": row.asset.text(int(row.fee_units)),
        "credited": row.asset.text(row.credited_units),
        "amount_units": int(row.amount_units),
        "credited_units": row.credited_units,
    }


def withdrawal_row(row: Withdrawal) -> Row:
    word, kind = withdrawal_words()[row.state]
    return {
        "withdrawal_id": row.pk,
        "created_at": row.requested_at,
        "state": row.state,
        "word": word,
        "kind": kind,
        "asset": row.asset,
        "amount": row.asset.text(int(row.amount_units)),
        "fee": row.asset.text(int(row.fee_units)),
        "arrives": row.asset.text(row.net_units),
        "to": numbers.masked(row.iban),
        "label": row.beneficiary.label,
        "amount_units": int(row.amount_units),
        "fee_units": int(row.fee_units),
        "net_units": row.net_units,
        # A note to the customer: why it was refused or declined.
        "note": row.note if row.state in ("refused", "declined") else "",
    }


def beneficiary_row(row: Beneficiary) -> Row:
    now = timezone.now()
    cools = bool(row.usable_from and row.usable_from > now)
    if row.state == BeneficiaryState.ACTIVE:
        word, kind = (_("Usable soon"), "warn") if cools else (_("Usable"), "good")
    elif row.state == BeneficiaryState.REVIEW:
        word, kind = _("Being looked at"), "warn"
    else:
        word, kind = _("Refused"), "bad"
    return {
        "id": row.pk,
        "label": row.label,
        "holder": row.holder,
        "iban": numbers.shown_reference(row.iban),
        "asset": row.method.asset,
        "word": word,
        "kind": kind,
        "usable_from": row.usable_from if cools else None,
    }


def is_usable(row: Beneficiary) -> bool:
    """Whether it can be paid now."""
    return bool(
        row.state == BeneficiaryState.ACTIVE
        and row.usable_from
        and row.usable_from <= timezone.now()
    )


def timeline(row: Withdrawal) -> list[dict[str, Any]]:
    """The steps of a withdrawal as its customer sees them, oldest first; what happens inside the
    firm is one step."""
    words = withdrawal_words()
    steps: list[dict[str, Any]] = []
    for step in row.steps.all():
        word, kind = words.get(step.state, (step.state, ""))
        if steps and steps[-1]["word"] == word:
            continue
        steps.append({"word": word, "kind": kind, "at": step.at})
    return steps


def deposit_words() -> dict[str, tuple[str, str]]:
    """A deposit's state in a customer's words, and its tone."""
    return {
        "recorded": (_("Arrived"), "info"),
        "suspense": (_("Arrived"), "info"),
        "held": (_("Being looked at"), "warn"),
        "proposed": (_("Being looked at"), "warn"),
        "screened": (_("Being credited"), "info"),
        "credited": (_("Credited"), "good"),
        "returning": (_("Being sent back"), "warn"),
        "return_in_file": (_("Being sent back"), "warn"),
        "returned": (_("Sent back"), ""),
        "reversed": (_("Taken back by your bank"), "bad"),
    }


def card_words(row: CardPayment) -> tuple[str, str, str]:
    """A card payment in a customer's words, its tone, and what he should know."""
    if row.deposit is not None:
        word, kind = deposit_words().get(row.deposit.state, (_("Being looked at"), "warn"))
        sentence = ""
        if kind == "warn":
            sentence = _("It arrived. We look at it before we credit it.")
        elif row.deposit.state == "credited":
            sentence = _("The money is in your account.")
        return word, kind, sentence
    return {
        "created": (_("Being opened"), "info", ""),
        "unknown": (
            _("Being opened"),
            "warn",
            _("The gateway does not answer at the moment. Nothing is lost; we ask again."),
        ),
        "open": (_("To be paid"), "info", ""),
        "declined": (_("Declined"), "bad", _("The card was declined. Nothing was taken.")),
        "expired": (_("Not paid"), "", _("It was not paid in time. Nothing was taken.")),
        "odd": (
            _("Being looked at"),
            "warn",
            _("It arrived. We look at it before we credit it."),
        ),
    }[row.state]


def card_row(row: CardPayment) -> Row:
    word, kind, _sentence = card_words(row)
    return {
        "card_payment_id": row.pk,
        "created_at": row.created_at,
        "word": word,
        "kind": kind,
        "asset": row.asset,
        "amount_units": int(row.amount_units),
    }


def card_timeline(row: CardPayment) -> list[dict[str, Any]]:
    """The steps of a card payment as its customer sees them, oldest first."""
    words = {
        "created": _("Asked for"),
        "open": _("Payment page open"),
        "paid": _("Paid at the gateway"),
        "declined": _("Declined"),
        "expired": _("Not paid"),
        "odd": _("Being looked at"),
    }
    steps: list[dict[str, Any]] = [
        {"word": words[step.state], "at": step.at}
        for step in row.steps.all()
        if not step.about and step.state in words
    ]
    if row.deposit is not None:
        names = deposit_words()
        found = [names[s.state][0] for s in row.deposit.steps.all() if s.state in names]
        times = [s.at for s in row.deposit.steps.all() if s.state in names]
        for word, at in zip(found, times, strict=True):
            if not steps or steps[-1]["word"] != word:
                steps.append({"word": word, "at": at})
    return steps


def withdrawal_words() -> dict[str, tuple[str, str]]:
    """A withdrawal's state in a customer's words, and its tone."""
    return {
        "requested": (_("Asked for"), "info"),
        "waiting": (_("Waits for our approval"), "warn"),
        "approved": (_("Approved"), "info"),
        "in_file": (_("Approved"), "info"),
        "sent": (_("With the bank"), "info"),
        "unknown": (_("With the bank"), "info"),
        "paid": (_("Paid"), "good"),
        "returned": (_("Came back from the bank"), "warn"),
        "failed": (_("Not paid by the bank"), "bad"),
        "refused": (_("Refused"), "bad"),
        "canceled": (_("Cancelled"), ""),
        "declined": (_("Declined"), "bad"),
    }
