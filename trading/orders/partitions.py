"""How trades are partitioned: by their id, which a tenant's engine counts without gaps."""

from trading.bulk.partitions import PartitionedTable

TRADES = PartitionedTable("orders_trade", "id", first_width=1 << 19, widest=1 << 24)
