"""The staff's web: operator site, tenant site, four-eyes."""
