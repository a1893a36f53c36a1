"""Seeing pages as somebody else sees them: read-only, announced, recorded, for a short time."""
