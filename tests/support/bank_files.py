"""What a bank would send: camt.053 and pain.002 files with given entries."""

from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

import zstandard
from lxml import etree

from shared_data import real_file


@dataclass
class Entry:
    """One entry; `side` is CRDT or DBIT."""

    amount: str
    side: str = "CRDT"
    name: str = "Alice Example"
    iban: str = "NL91ABNA0417164300"
    text: str = ""
    end_to_end_id: str = "NOTPROVIDED"
    reference: str = ""
    currency: str = "EUR"
    status: str = "BOOK"
    day: str = "2026-05-04"


def schema_of(name: str) -> etree.XMLSchema:
    """The ISO 20022 schema of a message."""
    packed = real_file(f"payments/xsd/{name}.xsd.zst").read_bytes()
    reader = zstandard.ZstdDecompressor().stream_reader(packed)
    return etree.XMLSchema(etree.fromstring(reader.read()))


def camt053(
    entries: list[Entry],
    *,
    iban: str = "DE89370400440532013000",
    currency: str = "EUR",
    opening: str = "1000.00",
    closing: str | None = None,
    number: int = 1,
    version: str = "camt.053.001.08",
) -> bytes:
    """A statement whose closing balance is what the booked entries come to, unless given."""
    booked = [entry for entry in entries if entry.status == "BOOK"]
    moved = sum((Decimal(e.amount) if e.side == "CRDT" else -Decimal(e.amount)) for e in booked)
    end = Decimal(closing) if closing is not None else Decimal(opening) + moved
    body = "".join(_entry(entry, number, place) for place, entry in enumerate(entries, 1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>MSG{number}</MsgId><CreDtTm>2026-05-05T06:00:00+00:00</CreDtTm></GrpHdr>
<Stmt><Id>STMT{number}</Id><CreDtTm>2026-05-05T06:00:00+00:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{_balance("OPBD", Decimal(opening), currency)}{_balance("CLBD", end, currency)}
{body}</Stmt></BkToCstmrStmt></Document>""".encode()


def _balance(code: str, value: Decimal, currency: str) -> str:
    side = "CRDT" if value >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{abs(value)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        "<Dt><Dt>2026-05-04</Dt></Dt></Bal>"
    )


def _entry(entry: Entry, number: int, place: int) -> str:
    who = "Dbtr" if entry.side == "CRDT" else "Cdtr"
    reference = entry.reference or f"BANKREF-{number}-{place}"
    ustrd = f"<RmtInf><Ustrd>{escape(entry.text)}</Ustrd></RmtInf>" if entry.text else ""
    account = f"<{who}Acct><Id><IBAN>{entry.iban}</IBAN></Id></{who}Acct>" if entry.iban else ""
    return (
        f'<Ntry><Amt Ccy="{entry.currency}">{entry.amount}</Amt>'
        f"<CdtDbtInd>{entry.side}</CdtDbtInd><Sts><Cd>{entry.status}</Cd></Sts>"
        f"<BookgDt><Dt>{entry.day}</Dt></BookgDt><ValDt><Dt>{entry.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        "</BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{entry.end_to_end_id}</EndToEndId></Refs>"
        f"<RltdPties><{who}><Pty><Nm>{escape(entry.name)}</Nm></Pty></{who}>{account}</RltdPties>"
        f"{ustrd}</TxDtls></NtryDtls></Ntry>"
    )


def pain002(message_id: str, statuses: dict[str, str]) -> bytes:
    """A status report: end-to-end id → status."""
    parts = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>{value}</TxSts>"
        "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        for key, value in statuses.items()
    )
    return f"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-05-05T06:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>
</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}</OrgnlPmtInfId>{parts}
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>""".encode()
