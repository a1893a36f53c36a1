"""What people read of the books: statements, balance sheets, revenue, and their files."""
