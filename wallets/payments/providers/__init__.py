"""Ways out to those who carry money."""
