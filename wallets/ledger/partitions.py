"""How entries and postings are partitioned: by entry id, so by the engine's seq."""

from trading.bulk.partitions import PartitionedTable
from wallets.ledger.entries import ENTRY_INDEX_BITS

FIRST_WIDTH = 1 << (20 + ENTRY_INDEX_BITS)
WIDEST = 1 << (36 + ENTRY_INDEX_BITS)

ENTRIES = PartitionedTable("ledger_journalentry", "id", FIRST_WIDTH, WIDEST)
POSTINGS = PartitionedTable("ledger_posting", "entry_id", FIRST_WIDTH, WIDEST)
