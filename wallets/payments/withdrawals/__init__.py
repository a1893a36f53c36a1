"""Withdrawals from the request to the bank's line that shows them paid."""
