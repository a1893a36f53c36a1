"""Every write of transfers: the customer asks, the engine takes and gives, step by step.

The engine moves one account by one command (ADR 12), so a transfer is two: `DebitFunds` of the
one account and, once its receipt is there, `CreditFunds` of the other. Each step and the command
it queues are written in one transaction; the outbox takes it to the engine exactly once, and only
the receipt by the command's number says what came of it. Between the two the amount stands on a
line of its own in the books and is owed to the customer all the time (ADR 31).

What holds an account back holds here: only an active, open account sends, and only such a one is
sent to. Both rows are locked while that is looked at, and so are they when a state is changed, so
a transfer is asked for before an account is frozen or not at all. One that was asked for before
goes on: the money stays the same customer's, and who is held back has all of his accounts frozen.
A transfer changes nothing that tiers and rules count: they count what a customer, with all of his
accounts, pays in and takes out.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import actions as audit
from messaging import notices
from money.units import MAX_UNITS
from trading.accounts.models import Account, AccountRole, AccountState
from trading.accounts.selectors import available_units
from trading.commands.actions import enqueue_command
from trading.commands.models import CommandReceipt, QueuedCommand
from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.engine.results import Result
from trading.instruments.models import Asset
from wallets.ledger import entries
from wallets.transfers import states
from wallets.transfers.errors import TransferError
from wallets.transfers.models import OwnTransfer, State, TransferStep

MOST_AT_ONCE = 200
MOST_KEY = 64
AGAIN_AFTER = timedelta(minutes=1)

log = structlog.get_logger("transfers")


def request_transfer(
    *,
    source: Account,
    target: Account,
    asset: Asset,
    amount_units: int,
    request_key: str,
    acting_user: Any,
) -> OwnTransfer:
    """Ask for an amount to go from one account of the customer to another one of his.

    The same key again is answered with what was asked for first. Raises TransferError.
    """
    if not request_key or len(request_key) > MOST_KEY:
        raise TransferError(_("Open the form again and resend it."))
    with transaction.atomic():
        own = {account.pk: account for account in _locked_accounts(source, target)}
        wanted = (source.pk, target.pk, asset.pk, amount_units)
        known = OwnTransfer.objects.filter(user_id=acting_user.pk, request_key=request_key).first()
        if known is not None:
            return _as_asked(known, wanted)
        check_transfer(
            source=own[source.pk],
            target=own[target.pk],
            asset=asset,
            amount_units=amount_units,
            acting_user=acting_user,
        )
        row = OwnTransfer.objects.create(
            user=acting_user,
            source=source,
            target=target,
            asset=asset,
            amount_units=amount_units,
            request_key=request_key,
        )
        row.command = _queue(commands.DebitFunds, row, row.source_id)
        row.save(update_fields=["command"])
        TransferStep.objects.create(transfer=row, state=row.state, command=row.command)
        audit.record(
            "transfers.request",
            row,
            new={
                "source": source.pk,
                "target": target.pk,
                "asset": asset.code,
                "amount": asset.text(amount_units),
            },
            acting_user=acting_user,
        )
    return row


def check_transfer(
    *, source: Account, target: Account, asset: Asset, amount_units: int, acting_user: Any
) -> None:
    """Raises TransferError with the first thing that is in the way. Nothing is written.

    What is available is asked of the engine, to say so at once; the engine judges once more.
    """
    for account, field in ((source, "source"), (target, "target")):
        if account.user_id != acting_user.pk or account.role != AccountRole.CUSTOMER:
            raise TransferError(_("You have no such account."), field)
    if source.pk == target.pk:
        raise TransferError(_("Choose two different accounts."), "target")
    for account, field in ((source, "source"), (target, "target")):
        if account.closed_at is not None:
            raise TransferError(_("This account is closed."), field)
        if account.state != AccountState.ACTIVE:
            raise TransferError(_("This account is frozen. Write to support."), field)
    if amount_units <= 0:
        raise TransferError(_("Enter an amount above zero."), "amount")
    if amount_units > MAX_UNITS:
        raise TransferError(_("The amount is too large."), "amount")
    available = available_units(source.pk, asset.pk)
    if available is not None and amount_units > available:
        raise TransferError(
            _("Only %(amount)s %(asset)s are available in this account.")
            % {"amount": asset.text(available), "asset": asset.code},
            "amount",
        )


def advance(now: datetime | None = None) -> int:
    """Go on with every transfer that the engine has answered, each in a transaction of its own;
    returns how many."""
    now = now or timezone.now()
    done = 0
    waiting = OwnTransfer.objects.filter(ended_at=None, command__number__isnull=False)
    numbers = dict(waiting.order_by("id").values_list("id", "command__number")[:MOST_AT_ONCE])
    receipts = CommandReceipt.objects.in_bulk(numbers.values())
    for transfer_id, number in numbers.items():
        if number in receipts:
            done += _alone(transfer_id, receipts[number], now)
    stuck = OwnTransfer.objects.filter(state=State.RETURNING, command=None)
    for transfer_id in stuck.values_list("id", flat=True)[:MOST_AT_ONCE]:
        done += _alone(transfer_id, None, now)
    return done


def _alone(transfer_id: int, receipt: CommandReceipt | None, now: datetime) -> int:
    try:
        with transaction.atomic():
            row = (
                OwnTransfer.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("command", "user", "asset")
                .filter(pk=transfer_id, ended_at=None)
                .first()
            )
            if row is None:
                return 0
            if receipt is None:
                return _give_back_again(row, now)
            if row.command is None or row.command.number != receipt.source_no:
                return 0  # somebody else went on with it since
            _go_on(row, receipt.result, now)
    except Exception:
        # Nothing of this one is kept, and it is tried again; the others go on.
        log.exception("a transfer cannot go on", transfer_id=transfer_id)
        return 0
    return 1


def _go_on(row: OwnTransfer, result: int, now: datetime) -> None:
    """The step that follows from what the engine answered."""
    accepted = result == Result.ACCEPTED
    command: QueuedCommand | None = None
    if row.state == State.REQUESTED:
        wanted = State.TAKEN if accepted else State.REFUSED
        command = _queue(commands.CreditFunds, row, row.target_id) if accepted else None
    elif row.state == State.TAKEN:
        wanted = State.DONE if accepted else State.RETURNING
        command = None if accepted else _queue(commands.CreditFunds, row, row.source_id)
    else:
        wanted = State.RETURNED if accepted else State.RETURNING
        if not accepted:
            log.error("a transfer cannot be given back yet", transfer_id=row.pk, result=result)
    states.apply(row, wanted, result=result, command=command, now=now)
    if wanted in (State.REFUSED, State.RETURNED):
        _tell(row)


def _give_back_again(row: OwnTransfer, now: datetime) -> int:
    """The engine had no room for it: once more, a while after the last time."""
    last = row.steps.order_by("-id").first()
    if row.command is not None or (last is not None and last.at > now - AGAIN_AFTER):
        return 0
    command = _queue(commands.CreditFunds, row, row.source_id)
    states.apply(row, State.RETURNING, result=row.result or 0, command=command, now=now)
    return 1


def _queue(
    command_class: type[commands.CreditFunds] | type[commands.DebitFunds],
    row: OwnTransfer,
    account_id: int,
) -> QueuedCommand:
    return enqueue_command(
        command_class(
            account_id=account_id,
            asset_id=row.asset_id,
            amount_units=int(row.amount_units),
            reason=int(FundsReason.TRANSFER),
            reference_id=row.pk,
            against=entries.OWN_TRANSFERS,
        ),
        acting_user=row.user,
    )


def _tell(row: OwnTransfer) -> None:
    with translation.override(row.user.language or None):
        notices.notify(
            user=row.user,
            title=_("Your transfer was not made"),
            text=_("%(amount)s %(asset)s are where they were.")
            % {"amount": row.asset.text(int(row.amount_units)), "asset": row.asset.code},
            path="/transfers",
            tone=notices.Tone.WARN,
            key=f"own-transfer:{row.pk}",
        )


def _as_asked(known: OwnTransfer, wanted: tuple[int, int, int, int]) -> OwnTransfer:
    before = (known.source_id, known.target_id, known.asset_id, int(known.amount_units))
    if before != wanted:
        raise TransferError(_("This key was used for another transfer: send a new one."))
    return known


def _locked_accounts(*accounts: Account) -> list[Account]:
    """In the order of their ids, so that two transfers never wait for each other."""
    ids = sorted({account.pk for account in accounts})
    return list(Account.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
