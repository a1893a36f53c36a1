"""Deposits from the bank's line to the customer's account."""
