"""The deterministic matching engine; no Django in here."""
