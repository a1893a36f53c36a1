"""Integers with a scale; the only divisions in the product."""
