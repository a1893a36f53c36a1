"""Payments by hand, with a second person."""
