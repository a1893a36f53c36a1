"""Transfers of a customer between accounts of his own."""
