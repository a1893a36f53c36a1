"""Chart of accounts, entries, postings, verification."""
