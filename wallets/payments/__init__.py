"""Money of states in and out: methods, deposits, withdrawals, beneficiaries, banks' statements."""
