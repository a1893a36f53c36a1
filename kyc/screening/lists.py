"""Reading list files: what is in them, as entries; raises KycError for what is none.

Two shapes are known. OFAC's `sdn.csv` with `alt.csv` (as the Treasury publishes them without a
heading, or with one), and a plain table with a heading of which `id` and `name` are needed and
`type`, `program` and `aliases` (divided by ;) are used.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kyc.errors import KycError

MOST_BYTES = 64 * 1024 * 1024
MOST_ENTRIES = 400_000
MOST_ALIASES = 200

_KINDS = {
    "individual": "person",
    "person": "person",
    "entity": "company",
    "company": "company",
    "organization": "company",
    "vessel": "vessel",
    "aircraft": "aircraft",
    # OFAC's mark for "nothing here": an entity.
    "-0-": "company",
    "": "company",
}


@dataclass
class Entry:
    """Somebody on a list. ``kind`` is person, company, vessel or aircraft."""

    external_id: str
    kind: str
    name: str
    program: str = ""
    aliases: list[str] = field(default_factory=list)


def read(main: bytes, other_names: bytes = b"") -> dict[str, Entry]:
    """Entries by their id in the list; ``other_names`` is OFAC's `alt.csv`."""
    entries: dict[str, Entry] = {}
    for row in _rows(main, _OFAC_MAIN):
        entry = _entry(row)
        if entry is None:
            continue
        if entry.external_id in entries:
            raise KycError(_("The list names %(id)s twice.") % {"id": entry.external_id})
        entries[entry.external_id] = entry
        if len(entries) > MOST_ENTRIES:
            raise KycError(_("A list has at most %(most)s entries.") % {"most": MOST_ENTRIES})
    if not entries:
        raise KycError(_("There is nobody on this list: is it the right file?"))
    for row in _rows(other_names, _OFAC_ALT):
        known = entries.get(row.get("ent_num", "").strip())
        name = row.get("alt_name", "").strip()
        if known is not None and name and len(known.aliases) < MOST_ALIASES:
            known.aliases.append(name[:400])
    return entries


_OFAC_MAIN = ["ent_num", "sdn_name", "sdn_type", "program"]
_OFAC_ALT = ["ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"]


def _rows(data: bytes, plain_heading: list[str]) -> Iterator[dict[str, str]]:
    if len(data) > MOST_BYTES:
        raise KycError(_("This file is too large for a list."))
    if not data.strip():
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise KycError(_("A list is a CSV file in UTF-8.")) from error
    if "\0" in text:
        raise KycError(_("A list is a CSV file in UTF-8."))
    lines = csv.reader(io.StringIO(text))
    try:
        first = next(lines, [])
        heading = [name.strip().lower() for name in first]
        if not set(heading) & {"ent_num", "id", "name"}:
            # As published: no heading, and numbers from the first line on.
            if not first or not first[0].strip().isdigit():
                raise KycError(_("This is no list: its heading should name id and name."))
            heading = plain_heading
            yield dict(zip(heading, first, strict=False))
        for cells in lines:
            yield dict(zip(heading, cells, strict=False))
    except csv.Error as error:
        raise KycError(_("This file is no CSV: %(error)s.") % {"error": error}) from error


def _entry(row: dict[str, str]) -> Entry | None:
    identifier = (row.get("ent_num") or row.get("id") or "").strip()
    name = (row.get("sdn_name") or row.get("name") or "").strip()
    if not identifier or not name:
        return None  # OFAC's files end with a control character on a line of its own
    kind = (row.get("sdn_type") or row.get("type") or "").strip().lower()
    aliases = [each.strip()[:400] for each in row.get("aliases", "").split(";") if each.strip()]
    return Entry(
        identifier[:40],
        _KINDS.get(kind, "company"),
        _turned(name)[:400],
        row.get("program", "").strip()[:200],
        aliases[:MOST_ALIASES],
    )


def _turned(name: str) -> str:
    """OFAC writes `CRUZ, Juan M. de la`; kept as it stands, since tokens have no order."""
    return " ".join(name.split())
