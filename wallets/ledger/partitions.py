"""How entries and postings are partitioned: by entry id, so by the engine's seq.

What triggers say of the whole table stands at each partition too, for whoever writes there.
"""

from trading.bulk.partitions import PartitionedTable
from wallets.ledger.entries import ENTRY_INDEX_BITS

FIRST_WIDTH = 1 << (20 + ENTRY_INDEX_BITS)
WIDEST = 1 << (36 + ENTRY_INDEX_BITS)

_NOTED = (
    "CREATE TRIGGER ledger_{what}_noted AFTER INSERT ON {{table}} "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_{what}()"
)
_FIXED = (
    "CREATE TRIGGER ledger_{what}_fixed BEFORE UPDATE OR DELETE ON {{table}} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()"
)


def _table(name: str, key: str, what: str) -> PartitionedTable:
    triggers = (_NOTED.format(what=what), _FIXED.format(what=what))
    return PartitionedTable(name, key, FIRST_WIDTH, WIDEST, triggers)


ENTRIES = _table("ledger_journalentry", "id", "entries")
POSTINGS = _table("ledger_posting", "entry_id", "postings")
