"""SWIFT MT940, read by the library mt-940; each message of a file by itself."""

import re
from decimal import Decimal
from typing import Any

from mt940 import models as mt940_models
from mt940 import parse
from stdnum import iban as iban_number

from wallets.payments.providers.bank.reading import (
    MOST_LINES,
    ReadLine,
    ReadStatement,
    UnreadableFile,
)

_MESSAGE = re.compile(r"^:20:", re.MULTILINE)
_NO_REFERENCE = {"NONREF", "NOTPROVIDED", ""}


def is_mt940(text: str) -> bool:
    return _MESSAGE.search(text) is not None and ":60" in text and ":25:" in text


def read(text: str) -> list[ReadStatement]:
    """The statements of a file; raises UnreadableFile."""
    text = text.replace("\r\n", "\n")
    begins = [match.start() for match in _MESSAGE.finditer(text)]
    pieces = [text[a:b] for a, b in zip(begins, [*begins[1:], len(text)], strict=True)]
    found = [_statement(piece) for piece in pieces]
    if not found:
        raise UnreadableFile("There is no statement in the file.")
    if sum(len(one.lines) for one in found) > MOST_LINES:
        raise UnreadableFile(f"More than {MOST_LINES} entries in one file.")
    return found


def _statement(piece: str) -> ReadStatement:
    try:
        read_rows: Any = parse(piece)
        told: dict[str, Any] = read_rows.data
        rows = [row.data for row in read_rows if row.data.get("amount") is not None]
    except Exception as error:  # the library raises whatever its tags do
        raise UnreadableFile("The MT940 message cannot be read.") from error
    written = len(re.findall(r"^:61:", piece, re.MULTILINE))
    if written != len(rows):
        raise UnreadableFile(f"Of {written} entries only {len(rows)} can be read.")
    opening = told.get("final_opening_balance") or told.get("intermediate_opening_balance")
    closing = told.get("final_closing_balance") or told.get("intermediate_closing_balance")
    account = str(told.get("account_identification") or "").replace(" ", "")
    if opening is None or closing is None or not account:
        raise UnreadableFile("The MT940 message lacks its account or a balance.")
    currency = str(opening.amount.currency)
    return ReadStatement(
        format="MT940",
        account=account.removesuffix(currency),
        currency=currency,
        statement_id=str(told.get("transaction_reference") or "")[:80],
        opening=_signed(opening),
        closing=_signed(closing),
        closing_on=closing.date,
        opening_currency=currency,
        lines=[_line(row) for row in rows],
    )


def _signed(balance: "mt940_models.Balance") -> Decimal:
    """A balance with its sign: the library gives debit balances one."""
    amount: Any = balance.amount
    return Decimal(amount.amount)


def _line(row: dict[str, Any]) -> ReadLine:
    status = str(row.get("status") or "")
    details = str(row.get("transaction_details") or "")
    purpose = " ".join(
        str(row.get(key) or "") for key in ("purpose", "additional_purpose", "extra_details")
    ).strip()
    end_to_end_id = str(row.get("end_to_end_reference") or "").strip()
    bank_reference = str(row.get("bank_reference") or "").strip()
    booked_on = row.get("entry_date") or row.get("date")
    iban, name = _party(row)
    return ReadLine(
        # The library gives some debits a sign; field 61 has none, the side says it.
        amount=abs(Decimal(row["amount"].amount)),
        currency=str(row["amount"].currency),
        is_credit=status in ("C", "RD"),
        is_reversal=status.startswith("R"),
        booked_on=booked_on,
        name=name[:140],
        iban=iban,
        remittance=(purpose or details).replace("\n", " ")[:500],
        end_to_end_id="" if end_to_end_id in _NO_REFERENCE else end_to_end_id[:35],
        bank_reference="" if bank_reference in _NO_REFERENCE else bank_reference[:80],
    )


def _party(row: dict[str, Any]) -> tuple[str, str]:
    """(IBAN or "", name) of the other side; some banks write the one before the other."""
    name = str(row.get("applicant_name") or "").strip()
    iban = str(row.get("gvc_applicant_iban") or row.get("applicant_iban") or "").strip()
    if iban and iban_number.is_valid(iban):
        return iban[:34], name
    for length in range(15, 35):
        if iban_number.is_valid(name[:length]):
            return name[:length], name[length:].strip()
    return "", name
