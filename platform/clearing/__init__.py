"""Engine journal to SQL, one transaction with its checkpoint."""
