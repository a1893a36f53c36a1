"""How days of the ledger are hashed: every field of every entry and posting, in one order.

A day is SHA-256 over lines of text that end with a newline: first the day before's hash, then the
day, then for each entry in the order of ids, and each of its postings in the order of lines::

    entry id, kind, seq, time in microseconds since 1970, reference id,
    value time and reversed entry of its note (empty without one),
    line, ledger account id, units

separated by tabs; an entry without postings would have the last three empty.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

GENESIS = "0" * 64
ENTRIES_A_MARK = 4096

_LINES = """
COPY (
    SELECT entry.id, entry.kind, entry.seq, (extract(epoch FROM entry.time) * 1000000)::bigint,
           entry.reference_id, (extract(epoch FROM note.value_time) * 1000000)::bigint,
           note.reverses_id, posting.line, posting.ledger_account_id, posting.units
    FROM ledger_journalentry entry
    LEFT JOIN ledger_entrynote note ON note.entry_id = entry.id
    LEFT JOIN ledger_posting posting ON posting.entry_id = entry.id
    WHERE entry.id > {first} AND entry.id <= {last}
    ORDER BY entry.id, posting.line
) TO STDOUT WITH (NULL '')
"""


@dataclass(slots=True)
class Hashed:
    """What the lines of a day come to."""

    day_hash: str
    entries: int = 0
    postings: int = 0
    marks: list[tuple[int, str]] = field(default_factory=list)


def hash_day(day: date, previous_hash: str, after_entry_id: int, last_entry_id: int) -> Hashed:
    """The hash of the entries behind one id up to another, in the current schema."""
    running = hashlib.sha256(f"{previous_hash}\n{day.isoformat()}\n".encode())
    hashed, entry_id = Hashed(""), b""
    for line in _lines(after_entry_id, last_entry_id):
        own_id = line[: line.index(b"\t")]
        if own_id != entry_id:
            if hashed.entries and hashed.entries % ENTRIES_A_MARK == 0:
                hashed.marks.append((int(entry_id), running.hexdigest()))
            entry_id, hashed.entries = own_id, hashed.entries + 1
        if not line.endswith(b"\t\n"):
            hashed.postings += 1
        running.update(line)
    hashed.day_hash = running.hexdigest()
    return hashed


def _lines(after_entry_id: int, last_entry_id: int) -> Iterator[bytes]:
    """Whole lines, as the database sends them."""
    connection.ensure_connection()
    statement = _LINES.format(first=int(after_entry_id), last=int(last_entry_id))
    rest = b""
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            *whole, rest = (rest + bytes(block)).split(b"\n")
            for line in whole:
                yield line + b"\n"
    if rest:
        yield rest
