"""Payment methods and bank accounts: rows that staff edit, with versions."""
