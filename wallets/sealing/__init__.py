"""The ledger chain: each day's hash covers the entries of the day and the day before's hash."""
