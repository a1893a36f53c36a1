"""The customer's web."""
