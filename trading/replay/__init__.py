"""Recorded markets and order flow, played through the engine."""
