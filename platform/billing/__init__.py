"""What firms pay the platform: plans as data, usage metered from their tables, invoices."""
