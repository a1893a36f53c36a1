"""REST reads of the API, and order entry for signed-in pages."""
