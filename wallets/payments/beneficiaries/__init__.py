"""Where a customer's money may go."""
