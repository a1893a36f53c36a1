"""Money rooms: ledger, adjustments and, later, deposits and withdrawals."""
