"""Entries by staff with a second person, reversals, corrections; periods and the year's close."""
