"""Outgoing mail and, later, every other message."""
