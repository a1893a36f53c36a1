"""Orders, trades and fills: submit, cancel, read."""
