"""Which format an uploaded file is, and what it says."""

from wallets.payments.providers.bank import camt, mt940
from wallets.payments.providers.bank.reading import (
    MOST_BYTES,
    ReadStatement,
    UnreadableFile,
    give_keys,
)


def read_statements(data: bytes) -> list[ReadStatement]:
    """The statements in a file, each line with its key; raises UnreadableFile."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile("The file is larger than 5 MB.")
    if not data.strip():
        raise UnreadableFile("The file is empty.")
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b", b"%PDF")):
        raise UnreadableFile("Unpack it first: a statement is XML or MT940 text.")
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") or data[:2] in (
        b"\xff\xfe",
        b"\xfe\xff",
    ):
        found = camt.read(data)
    else:
        text = _text(data)
        if not mt940.is_mt940(text):
            raise UnreadableFile("The file is neither camt.053, camt.054 nor MT940.")
        found = mt940.read(text)
    # Over all of the file: two equal lines in two of its statements are two.
    give_keys(line for statement in found for line in statement.lines)
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
