"""Banks' statements: read, looked through, booked once."""
