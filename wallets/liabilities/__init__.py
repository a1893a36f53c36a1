"""Merkle-sum proofs of liabilities: what the firm owes, so that each customer can check."""
