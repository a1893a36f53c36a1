"""Credit or debit of an account by staff, with a reason and a second person."""
