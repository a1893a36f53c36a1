"""Cases, documents, checks, screening, tiers."""
