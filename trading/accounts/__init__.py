"""Trading accounts and account groups."""
