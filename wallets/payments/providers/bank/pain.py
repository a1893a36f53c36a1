"""Payment files for the bank: pain.001.001.09, customer credit transfer initiation.

Source of the elements: ISO 20022 message pain.001.001.09. The file depends on nothing but its
arguments, so the same payments give the same bytes.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree

from money.units import format_units

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
# What SEPA's rulebooks allow in texts; what is outside becomes the nearest inside, or a dot.
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. `end_to_end_id` is its key at the bank: the same however often it is sent."""

    end_to_end_id: str
    units: int
    name: str
    iban: str
    bic: str
    text: str


@dataclass(frozen=True, slots=True)
class Payer:
    name: str
    iban: str
    bic: str
    currency: str
    scale: int


def latin(text: str, most: int) -> str:
    """A text in the characters that banks take; one that has none of them left is a dot."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _OUTSIDE.sub(".", plain).strip()[:most] or "."


def write(
    *,
    message_id: str,
    made_at: datetime,
    execution_on: date,
    payer: Payer,
    transfers: Sequence[Transfer],
) -> str:
    """The XML of a file that pays `transfers` from one account."""
    total = format_units(sum(one.units for one in transfers), payer.scale, 2)
    # The namespace is said once; ElementTree's own register of prefixes is one for all threads.
    document = ElementTree.Element("Document", xmlns=NAMESPACE)
    body = _add(document, "CstmrCdtTrfInitn")
    header = _add(body, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(header, "NbOfTxs", str(len(transfers)))
    _add(header, "CtrlSum", total)
    _add(_add(header, "InitgPty"), "Nm", latin(payer.name, 70))
    payment = _add(body, "PmtInf")
    _add(payment, "PmtInfId", message_id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "false")
    _add(payment, "NbOfTxs", str(len(transfers)))
    _add(payment, "CtrlSum", total)
    _add(_add(payment, "ReqdExctnDt"), "Dt", execution_on.isoformat())
    _add(_add(payment, "Dbtr"), "Nm", latin(payer.name, 70))
    _add(_add(_add(payment, "DbtrAcct"), "Id"), "IBAN", payer.iban)
    _agent(payment, "DbtrAgt", payer.bic)
    for transfer in transfers:
        _transfer(payment, transfer, payer)
    text = ElementTree.tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _transfer(payment: ElementTree.Element, transfer: Transfer, payer: Payer) -> None:
    each = _add(payment, "CdtTrfTxInf")
    ids = _add(each, "PmtId")
    _add(ids, "InstrId", transfer.end_to_end_id)
    _add(ids, "EndToEndId", transfer.end_to_end_id)
    amount = _add(_add(each, "Amt"), "InstdAmt", format_units(transfer.units, payer.scale, 2))
    amount.set("Ccy", payer.currency)
    if transfer.bic:
        _agent(each, "CdtrAgt", transfer.bic)
    _add(_add(each, "Cdtr"), "Nm", latin(transfer.name, 70))
    _add(_add(_add(each, "CdtrAcct"), "Id"), "IBAN", transfer.iban)
    _add(_add(each, "RmtInf"), "Ustrd", latin(transfer.text, 140))


def _agent(parent: ElementTree.Element, name: str, bic: str) -> None:
    bank = _add(_add(parent, name), "FinInstnId")
    if bic:
        _add(bank, "BICFI", bic)
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    if text:
        child.text = text
    return child
