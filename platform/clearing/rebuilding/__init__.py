"""Clearing's tables once more out of the engine journal, compared with the live ones, mended."""
