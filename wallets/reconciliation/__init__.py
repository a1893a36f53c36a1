"""Breaks of the books until they are resolved, what is outside, and the levels in between."""
