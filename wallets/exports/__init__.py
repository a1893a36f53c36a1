"""Reports as background work: exports with progress, kept filters, files that are due regularly."""
