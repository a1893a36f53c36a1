"""Care for customers: their questions, lost second factors, accounts they open and close."""
