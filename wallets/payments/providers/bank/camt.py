"""ISO 20022 camt.053 (statements) and camt.054 (notices), any version.

Elements are found by their local names, as versions differ in the namespace and in where a
party's name stands (`Dbtr/Nm` until version 4, `Dbtr/Pty/Nm` later). External entities, DTDs and
entity bombs are refused by defusedxml before anything is looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from wallets.payments.providers.bank.reading import (
    MOST_LINES,
    ReadLine,
    ReadStatement,
    UnreadableFile,
)

_KIND = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:(camt\.05[34]\.001\.\d\d)\}Document")
_STATEMENTS = {"camt.053": "Stmt", "camt.054": "Ntfctn"}
_NOT_PROVIDED = {"NOTPROVIDED", "NOT PROVIDED", "NONREF"}


def root_of(data: bytes) -> Element:
    """The document's root; raises UnreadableFile."""
    try:
        root: Element = ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnreadableFile(
            "The file declares XML entities or a document type. No bank's statement does: it is "
            "refused."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFile("The file is no well-formed XML.") from error
    return root


def read(data: bytes) -> list[ReadStatement]:
    """The statements of a file; raises UnreadableFile."""
    root = root_of(data)
    kind = _KIND.fullmatch(root.tag)
    if kind is None:
        raise UnreadableFile("The XML is no camt.053 or camt.054.")
    name = kind.group(1)
    found = [_statement(name, element) for element in all_at(root, f"*/{_STATEMENTS[name[:8]]}")]
    if not found:
        raise UnreadableFile("There is no statement in the file.")
    if sum(len(one.lines) for one in found) > MOST_LINES:
        raise UnreadableFile(f"More than {MOST_LINES} entries in one file.")
    return found


def _statement(name: str, element: Element) -> ReadStatement:
    account = text_at(element, "Acct/Id/IBAN") or text_at(element, "Acct/Id/Othr/Id")
    statement = ReadStatement(
        format=name,
        account=account.replace(" ", ""),
        currency=text_at(element, "Acct/Ccy"),
        statement_id=text_at(element, "Id")[:80],
    )
    for balance in all_at(element, "Bal"):
        code = text_at(balance, "Tp/CdOrPrtry/Cd")
        amount = _one(balance, "Amt")
        if amount is None or code not in ("OPBD", "PRCD", "CLBD"):
            continue
        value = _decimal(amount.text)
        if text_at(balance, "CdtDbtInd") == "DBIT":
            value = -value
        if code == "CLBD":
            statement.closing = value
            statement.closing_on = _date(balance, "Dt")
        else:
            statement.opening = value
        statement.opening_currency = amount.get("Ccy", "")
    for entry in all_at(element, "Ntry"):
        statement.lines += _lines(entry)
    if not statement.currency:
        known = {line.currency for line in statement.lines} | {statement.opening_currency}
        statement.currency = min(known - {""}, default="")
    return statement


def _lines(entry: Element) -> Iterator[ReadLine]:
    """An entry as one line, or as one for each of its transactions where these add up to it."""
    amount = _one(entry, "Amt")
    if amount is None:
        raise UnreadableFile("An entry has no amount.")
    total, currency = _decimal(amount.text), amount.get("Ccy", "")
    status = text_at(entry, "Sts/Cd") or text_at(entry, "Sts")
    side = text_at(entry, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise UnreadableFile("An entry says neither credit nor debit.")
    line = ReadLine(
        amount=total,
        currency=currency,
        is_credit=side == "CRDT",
        booked_on=_date(entry, "BookgDt") or _date(entry, "ValDt"),
        is_pending=status not in ("BOOK", ""),
        is_reversal=text_at(entry, "RvslInd") == "true",
        bank_reference=text_at(entry, "AcctSvcrRef")[:80],
    )
    details = list(all_at(entry, "NtryDtls/TxDtls"))
    amounts = [_part(detail, currency) for detail in details]
    parts = [one for one in amounts if one is not None]
    if len(details) > 1 and len(parts) == len(details) and sum(parts) == total:
        for number, (detail, part) in enumerate(zip(details, parts, strict=True), 1):
            own = f"{line.bank_reference}/{number}" if line.bank_reference else ""
            yield replace(
                _detailed(line, detail),
                amount=part,
                bank_reference=(text_at(detail, "Refs/AcctSvcrRef") or own)[:80],
            )
        return
    if len(details) == 1:
        line = _detailed(line, details[0])
        line.bank_reference = line.bank_reference or text_at(details[0], "Refs/AcctSvcrRef")[:80]
    line.remittance = line.remittance or text_at(entry, "AddtlNtryInf")[:500]
    yield line


def _part(detail: Element, currency: str) -> Decimal | None:
    """The amount of one transaction of several, if it is told in the account's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        amount = _one(detail, path)
        if amount is not None and amount.get("Ccy", "") == currency:
            return _decimal(amount.text)
    return None


def _detailed(line: ReadLine, detail: Element) -> ReadLine:
    """The line with what one transaction says of the other side."""
    who = "Dbtr" if line.is_credit else "Cdtr"
    texts = [one.text or "" for one in all_at(detail, "RmtInf/Ustrd")]
    texts += [one.text or "" for one in all_at(detail, "RmtInf/Strd/CdtrRefInf/Ref")]
    end_to_end_id = text_at(detail, "Refs/EndToEndId")
    name = text_at(detail, f"RltdPties/{who}/Nm") or text_at(detail, f"RltdPties/{who}/Pty/Nm")
    return replace(
        line,
        name=name[:140],
        iban=text_at(detail, f"RltdPties/{who}Acct/Id/IBAN")[:34],
        remittance=" ".join(text.strip() for text in texts)[:500],
        end_to_end_id="" if end_to_end_id in _NOT_PROVIDED else end_to_end_id[:35],
    )


def all_at(element: Element, path: str) -> Iterator[Element]:
    """The elements at a path of local names; `*` is any."""
    wanted, _, rest = path.partition("/")
    for child in element:
        if wanted in ("*", child.tag.rpartition("}")[2]):
            if rest:
                yield from all_at(child, rest)
            else:
                yield child


def _one(element: Element, path: str) -> Element | None:
    return next(all_at(element, path), None)


def text_at(element: Element | None, path: str) -> str:
    found = _one(element, path) if element is not None else None
    return (found.text or "").strip() if found is not None else ""


def _date(element: Element, path: str) -> date | None:
    text = text_at(element, f"{path}/Dt") or text_at(element, f"{path}/DtTm")
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as error:
        raise UnreadableFile(f"{text!r} is no date.") from error


def _decimal(text: str | None) -> Decimal:
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation as error:
        raise UnreadableFile(f"{text!r} is no amount.") from error
    if not value.is_finite() or len(value.as_tuple().digits) > 30:
        raise UnreadableFile(f"{text!r} is no amount.")
    return value
