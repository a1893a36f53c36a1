"""Payments by card: the page at a gateway, its events, refunds, chargebacks."""
