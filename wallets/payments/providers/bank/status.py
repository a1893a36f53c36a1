"""The bank's word on a payment file: pain.002, any version."""

import re
from dataclasses import dataclass

from wallets.payments.providers.bank import camt
from wallets.payments.providers.bank.reading import MOST_BYTES, UnreadableFile

_KIND = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.\d\d\}Document")
REJECTED = "RJCT"


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What a report says of one payment; `end_to_end_id` "" stands for all of the file."""

    message_id: str
    end_to_end_id: str
    status: str
    reason: str


def read(data: bytes) -> list[PaymentStatus]:
    """The statuses in a report; raises UnreadableFile."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile("The file is larger than 5 MB.")
    root = camt.root_of(data)
    if _KIND.fullmatch(root.tag) is None:
        raise UnreadableFile("The file is no pain.002.")
    report = next(camt.all_at(root, "CstmrPmtStsRpt"), None)
    message_id = camt.text_at(report, "OrgnlGrpInfAndSts/OrgnlMsgId")
    if report is None or not message_id:
        raise UnreadableFile("The report does not say which file it is about.")
    found = []
    whole = camt.text_at(report, "OrgnlGrpInfAndSts/GrpSts")
    if whole:
        reason = camt.text_at(report, "OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd")
        found.append(PaymentStatus(message_id, "", whole, reason))
    for part in camt.all_at(report, "OrgnlPmtInfAndSts"):
        for each in camt.all_at(part, "TxInfAndSts"):
            reasons = [camt.text_at(each, f"StsRsnInf/{name}") for name in ("Rsn/Cd", "AddtlInf")]
            found.append(
                PaymentStatus(
                    message_id,
                    camt.text_at(each, "OrgnlEndToEndId"),
                    camt.text_at(each, "TxSts"),
                    " ".join(reason for reason in reasons if reason)[:200],
                )
            )
    return found
