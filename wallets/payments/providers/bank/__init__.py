"""The bank: statements in, payment files out."""
