"""What a requested entry comes to: the postings to show before it is sent, and the command."""

from typing import Any

from django.utils.translation import gettext as _

from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.engine.message import Message
from wallets.bookkeeping.errors import BookkeepingError
from wallets.bookkeeping.models import EntryRequest
from wallets.ledger import chart, entries
from wallets.ledger.models import EntryKind, JournalEntry, Line, Posting

# (the engine's reason, whether the account is credited) behind each kind that moves an account.
FUNDS_OF_KIND: dict[EntryKind, tuple[FundsReason, bool]] = {
    **{kind: (FundsReason(reason), True) for reason, kind in entries.CREDIT_KINDS.items()},
    **{kind: (FundsReason(reason), False) for reason, kind in entries.DEBIT_KINDS.items()},
}
OF_HOUSE_ACCOUNTS = frozenset({EntryKind.HOUSE_FUNDING, EntryKind.HOUSE_WITHDRAWAL})
# Credits and debits of customers without more to say are asked for as adjustments.
OF_ADJUSTMENTS = frozenset(
    {
        EntryKind.ADJUSTMENT_CREDIT,
        EntryKind.ADJUSTMENT_DEBIT,
        EntryKind.TRANSFER_CREDIT,
        EntryKind.TRANSFER_DEBIT,
    }
)
# Customers move these themselves, and can move them back.
OF_OWN_TRANSFERS = frozenset({EntryKind.OWN_TRANSFER_OUT, EntryKind.OWN_TRANSFER_IN})
OFFERED_KINDS = tuple(
    kind
    for kind in entries.TEMPLATES
    if kind not in OF_ADJUSTMENTS | OF_OWN_TRANSFERS | {EntryKind.SPOT_FILL, EntryKind.YEAR_CLOSED}
)


def postings_of(request: EntryRequest) -> list[tuple[int, int]]:
    """(ledger account id, units) of each posting that the request comes to; debits positive."""
    if request.reverses_id is not None:
        return [(ledger_id, -units) for ledger_id, units in _posted(request.reverses_id)]
    legs = entries.legs_of(entries.TEMPLATES[EntryKind(request.kind)], values_of(request))
    return [(int(ledger_id), int(units)) for _line, ledger_id, units in legs if units]


def values_of(request: EntryRequest) -> dict[str, Any]:
    """The values that the template of a request's kind needs, by name."""
    return {
        "account_id": request.account_id or 0,
        "asset_id": request.asset_id or 0,
        "amount_units": int(request.amount_units),
        "against": request.against,
        "debited": request.debited,
        "credited": request.credited,
        "income_units": int(request.income_units),
        "expense_units": int(request.expense_units),
    }


def command_of(request: EntryRequest) -> Message:
    """The command that has the request booked."""
    postings = postings_of(request)
    kind = EntryKind(request.kind)
    if kind in entries.RECORDED_KINDS:
        value_time = request.value_time
        return entries.record_entry(
            kind,
            postings,
            reference_id=request.pk,
            value_ns=int(value_time.timestamp()) * 10**9 if value_time else 0,
            reverses_id=request.reverses_id or 0,
        )
    reason, credited = FUNDS_OF_KIND[kind]
    ((house_id, _units),) = [leg for leg in postings if chart.house_of(leg[0])]
    command_class = commands.CreditFunds if credited else commands.DebitFunds
    return command_class(
        account_id=request.account_id or 0,
        asset_id=request.asset_id or 0,
        amount_units=int(request.amount_units),
        reason=int(reason),
        reference_id=request.pk,
        against=chart.house_of(house_id),
        reverses_id=request.reverses_id or 0,
    )


def reversal_of(entry: JournalEntry) -> EntryRequest:
    """An unsaved request that undoes an entry; raises BookkeepingError if none can."""
    kind = EntryKind(entry.kind)
    if kind == EntryKind.SPOT_FILL:
        raise BookkeepingError(_("A trade is not reversed: it is undone by another trade."))
    if kind in OF_OWN_TRANSFERS:
        raise BookkeepingError(_("The customer moved this himself: he can move it back."))
    if kind == EntryKind.YEAR_CLOSED:
        raise BookkeepingError(
            _("A closed year stays closed: correct it in the year that is open.")
        )
    if kind in entries.RECORDED_KINDS:
        return EntryRequest(kind=EntryKind.REVERSAL, reverses_id=entry.pk)
    reason, credited = FUNDS_OF_KIND[kind]
    opposite = entries.DEBIT_KINDS if credited else entries.CREDIT_KINDS
    for ledger_id, units in _posted(entry.pk):
        line, account_id, asset_id = chart.parts_of(ledger_id)
        if line == Line.ENGINE_ACCOUNT:
            return EntryRequest(
                kind=opposite[reason],
                account_id=account_id,
                asset_id=asset_id,
                amount_units=abs(units),
                reverses_id=entry.pk,
            )
    raise BookkeepingError(_("This entry has no account to take from or give to."))


def _posted(entry_id: int) -> list[tuple[int, int]]:
    rows = Posting.objects.filter(entry_id=entry_id).order_by("line")
    return [(row.ledger_account_id, int(row.units)) for row in rows]
