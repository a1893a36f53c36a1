from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from trading.instruments.models import Asset
from wallets.bookkeeping import actions
from wallets.bookkeeping.models import EntryRequest
from wallets.ledger import chart
from wallets.ledger.models import Balance, EntryKind, JournalEntry, Line, Posting

REASON = "Statement of May, page 3"


@pytest.fixture
def usdt(tenant):
    return Asset.objects.get(code="USDT")


@pytest.fixture
def finance(staff_of):
    return staff_of("finance")


@pytest.fixture
def owner(staff_of):
    return staff_of("owner")


@pytest.fixture
def ask(finance, usdt):
    """finance asks for an entry, by default a bank fee of 10 USDT."""

    def request(kind: EntryKind = EntryKind.BANK_FEE, **fields: Any) -> EntryRequest:
        values = {
            "kind": kind,
            "asset": usdt,
            "amount_units": usdt.units_of("10"),
            "reason": REASON,
            "acting_user": finance,
        } | fields
        return actions.request_entry(**values)

    return request


@pytest.fixture
def book(books, ask, owner):
    """The same, approved by the owner and booked."""

    def done(kind: EntryKind = EntryKind.BANK_FEE, **fields: Any) -> EntryRequest:
        request = ask(kind, **fields)
        actions.approve_entry(request=request, acting_user=owner)
        books.settle()
        request.refresh_from_db()
        return request

    return done


@pytest.fixture
def long_ago(tenant, usdt):
    """An entry of an earlier time, as clearing would have written it then."""

    def write(
        time: datetime,
        units: int = 5,
        debit: Line = Line.BANK_FEES,
        credit: Line = Line.BANK,
        number: int = 1,
        seq: int = 0,
    ) -> JournalEntry:
        # Before all that the engine knows, unless somebody says otherwise: seq 0.
        with transaction.atomic():
            entry = JournalEntry.objects.create(
                pk=number, kind=EntryKind.BANK_FEE, seq=seq, time=time, reference_id=0
            )
            for place, (line, amount) in enumerate([(debit, units), (credit, -units)], 1):
                ledger_id = chart.ledger_account_id(line, 0, usdt.pk)
                Posting.objects.create(
                    entry_id=number, line=place, ledger_account_id=ledger_id, units=amount
                )
                balance, _ = Balance.objects.get_or_create(
                    ledger_account_id=ledger_id, defaults={"units": 0, "entry_id": number}
                )
                balance.units += amount
                balance.save()
        return entry

    return write
